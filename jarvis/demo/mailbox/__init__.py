"""A chat.db before it is written: its rows in memory, what makes them, what writes them."""
