-- The chat of a conversation that was written in last.
--   :chats  JSON array: the ROWIDs of all chats of the conversation
SELECT chat.guid, chat.service_name, chat.chat_identifier
FROM chat
WHERE chat.ROWID IN (SELECT value FROM json_each(:chats))
ORDER BY
  (SELECT link.message_date FROM chat_message_join AS link WHERE link.chat_id = chat.ROWID
   ORDER BY link.message_date DESC LIMIT 1) DESC,
  chat.ROWID
LIMIT 1
