"""Tests of jarvis.client."""
