"""What of a model's text is the reply or the summary, and what is no part of it."""
