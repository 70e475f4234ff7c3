"""Tests of jarvis.inference.output."""
