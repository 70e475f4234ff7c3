"""What of a model's output is its text."""
