"""What texts are made of, and what is known of each language."""
