"""Tests of choosing and fetching models."""
