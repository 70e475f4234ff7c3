-- Who is in which chat, in the order in which they came in; the owner is in none.
SELECT chat_handle_join.chat_id, CAST(handle.id AS TEXT)
FROM chat_handle_join
JOIN handle ON handle.ROWID = chat_handle_join.handle_id
ORDER BY chat_handle_join.rowid
