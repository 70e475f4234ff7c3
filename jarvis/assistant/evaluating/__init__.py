"""Measures whether suggestions help: what would have been offered against what was sent."""
