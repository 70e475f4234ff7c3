"""Tests of jarvis.demo."""
