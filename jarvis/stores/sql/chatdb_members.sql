-- Chats of conversations, the one that was written in last first; date is that of the newest
-- message, null where there is none. The first is what its conversation is now.
--   :chats  JSON array: the ROWIDs of the chats
SELECT
  chat.ROWID,
  CAST(chat.guid AS TEXT),
  CAST(chat.service_name AS TEXT),
  CAST(chat.chat_identifier AS TEXT),
  (SELECT CAST(message.date AS INTEGER)
   FROM chat_message_join AS link
   CROSS JOIN message ON message.ROWID = link.message_id
   WHERE link.chat_id = chat.ROWID AND {chatdb_part_listed}
   ORDER BY link.message_date DESC, link.message_id DESC
   LIMIT 1) AS date
FROM chat
WHERE chat.ROWID IN (SELECT value FROM json_each(:chats))
ORDER BY date DESC, chat.ROWID
