"""The terminal client: everything on screen comes over the socket, as for any client."""
