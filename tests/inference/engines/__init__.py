"""Tests of jarvis.inference.engines."""
