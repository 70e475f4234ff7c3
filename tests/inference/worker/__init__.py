"""Tests of jarvis.inference.worker."""
