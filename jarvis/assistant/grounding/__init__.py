"""Finds what a text claims that the conversation does not support."""
