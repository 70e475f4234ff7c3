"""Tests of jarvis.daemon.indexing."""
