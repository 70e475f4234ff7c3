"""Tests of jarvis.stores."""
