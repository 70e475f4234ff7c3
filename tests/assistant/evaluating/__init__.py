"""Tests of jarvis.assistant.evaluating."""
