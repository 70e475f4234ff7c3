"""The language of the socket: bytes in, events out; no I/O of its own."""
