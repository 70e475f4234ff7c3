"""The process that serves: sockets, dispatch, watching."""
