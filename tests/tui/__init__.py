"""Tests of jarvis.tui."""
