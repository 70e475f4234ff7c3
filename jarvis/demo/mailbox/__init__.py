"""A chat.db before it is written: rows in memory, and what a reader must see in them."""
