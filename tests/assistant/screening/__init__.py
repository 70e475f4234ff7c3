"""Tests of jarvis.assistant.screening."""
