"""One widget a file: what it shows, what it emits. None knows a socket or another."""
