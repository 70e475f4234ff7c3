"""Tests of jarvis.search."""
