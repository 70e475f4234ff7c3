"""Tests of jarvis.assistant.history."""
