"""Sending: what is submitted, and what is said of it."""
