-- The addresses under which macOS itself finds each chat; chats that share one belong together.
SELECT chat_lookup.chat, CAST(chat_lookup.identifier AS TEXT) FROM chat_lookup
