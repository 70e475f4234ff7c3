"""Drafts made ready before anybody asks: what asks for them, and who has them made."""

from jarvis.daemon.prefetch.prefetcher import Prefetcher

__all__ = ["Prefetcher"]
