"""Summarizes conversations."""
