"""What of a suggestion the conversation does not support."""
