"""Tests of jarvis.daemon."""
