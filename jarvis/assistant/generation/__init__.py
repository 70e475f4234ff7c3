"""How a text is asked of a model."""
