"""Keeps back what models write that is no part of the reply or the summary."""
