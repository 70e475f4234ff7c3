"""Tests of jarvis.inference.engines.openai."""
