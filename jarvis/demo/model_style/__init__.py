"""How the demo's own model is spoken to, and held to the words it knows."""
