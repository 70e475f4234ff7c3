"""Tests of jarvis.assistant."""
