"""What was said: the conversation at hand, and how the user answered before."""
