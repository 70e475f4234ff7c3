-- The addresses under which macOS itself finds each chat; chats that share one belong together.
SELECT chat_lookup.chat, chat_lookup.identifier FROM chat_lookup
