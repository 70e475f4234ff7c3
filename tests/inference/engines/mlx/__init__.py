"""Tests of jarvis.inference.engines.mlx."""
