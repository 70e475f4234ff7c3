"""The main screen, frame below reading, replying and chat; and those laid over it."""
