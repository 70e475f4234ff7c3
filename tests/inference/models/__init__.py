"""Tests of jarvis.inference.models."""
