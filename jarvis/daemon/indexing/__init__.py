"""The search index as it is made and kept up: a follower of the inbox with its own cursor.

First every message by its words, the newest first; then, in a process of its own, what
each text means.
"""

from jarvis.daemon.indexing.indexer import Indexer

__all__ = ["Indexer"]
