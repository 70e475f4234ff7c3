"""Tests of jarvis.protocol."""
