"""What a conversation was about."""
