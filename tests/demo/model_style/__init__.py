"""Tests of jarvis.demo.model_style."""
