"""Tests of how the demo's model is made and judged."""
