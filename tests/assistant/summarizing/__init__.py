"""Tests of jarvis.assistant.summarizing."""
