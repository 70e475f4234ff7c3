"""Tests of jarvis.stores.index."""
