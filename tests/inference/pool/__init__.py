"""Tests of jarvis.inference.pool."""
