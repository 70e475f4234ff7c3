"""Journeys through the whole house, with real sockets and processes."""
