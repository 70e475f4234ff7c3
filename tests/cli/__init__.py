"""Tests of jarvis.cli."""
