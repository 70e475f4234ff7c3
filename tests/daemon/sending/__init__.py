"""Sending: what is handed over, and what is said of it."""
