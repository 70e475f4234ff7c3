"""Tests of jarvis.assistant.generation."""
