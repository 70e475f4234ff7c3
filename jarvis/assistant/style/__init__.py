"""How the user writes: measured, told to a model, and enforced on its replies."""
