"""Clients and readers that nobody here wrote."""
