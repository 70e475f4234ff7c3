"""Tests of jarvis.assistant.style."""
