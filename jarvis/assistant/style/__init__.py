"""How the user writes, and a reply held to it."""
