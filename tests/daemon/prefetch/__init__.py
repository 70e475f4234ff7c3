"""Drafts made ready: asks, their order, what outdates them, and the ledger."""
