-- The newest message of each chat that may stand in a list, null where there is none.
-- The CROSS JOIN keeps the order of the link's covering index, so each costs a few steps.
SELECT
  chat.ROWID,
  (SELECT link.message_id
   FROM chat_message_join AS link
   CROSS JOIN message ON message.ROWID = link.message_id
   WHERE link.chat_id = chat.ROWID AND {chatdb_part_listed}
   ORDER BY link.message_date DESC, link.message_id DESC
   LIMIT 1)
FROM chat
WHERE :chats IS NULL OR chat.ROWID IN (SELECT value FROM json_each(:chats))
