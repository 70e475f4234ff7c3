"""What of a text is the reply or the summary."""
