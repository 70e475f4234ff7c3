"""Tests of jarvis.assistant.grounding."""
