"""Engines and the worker process that runs them."""
