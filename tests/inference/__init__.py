"""Tests of jarvis.inference."""
