"""SQLite: Apple's chat.db and AddressBook, read only, and Jarvis's own jarvis.db."""
