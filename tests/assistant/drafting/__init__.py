"""Tests of jarvis.assistant.drafting."""
