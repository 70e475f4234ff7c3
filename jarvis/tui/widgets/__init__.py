"""One widget a file: what it shows of the store, what it emits. None knows the client."""
