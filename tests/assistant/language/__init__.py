"""Tests of jarvis.assistant.language."""
