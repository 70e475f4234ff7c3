"""Suggestions of what the user may answer."""
