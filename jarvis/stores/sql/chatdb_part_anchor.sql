-- The date of a message, 0 where it has none; no row if it is in none of these chats but in
-- another. One that was taken out of its chat meanwhile still marks its place.
SELECT coalesce(message.date, 0) FROM message
WHERE message.ROWID = :anchor
  AND (EXISTS (SELECT 1 FROM chat_message_join AS link
               WHERE link.message_id = message.ROWID
                 AND link.chat_id IN (SELECT value FROM json_each(:chats)))
       OR NOT EXISTS (SELECT 1 FROM chat_message_join AS link
                      WHERE link.message_id = message.ROWID))
