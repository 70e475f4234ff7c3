"""What a text is made of, and the facts of each language."""
