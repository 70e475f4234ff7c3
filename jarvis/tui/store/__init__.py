"""What the screen knows, as plain values: no Textual, no socket, tested without an app."""
