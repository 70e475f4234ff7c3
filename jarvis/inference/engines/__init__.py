"""What writes a text: one engine a file or folder."""
