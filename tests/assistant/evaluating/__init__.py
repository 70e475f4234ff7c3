"""What would have been offered, and how it is judged."""
