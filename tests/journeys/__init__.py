"""Journeys through the whole program, with real sockets and processes."""
