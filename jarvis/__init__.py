"""Jarvis, a local assistant for Apple Messages; this file holds the version only."""

__version__ = "0.1.0"
