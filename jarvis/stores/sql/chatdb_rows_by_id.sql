-- Messages by ROWID, and the chats they are linked to as a JSON array.
SELECT
  message_row.*,
  (SELECT json_group_array(link.chat_id) FROM chat_message_join AS link
   WHERE link.message_id = message_row.rowid)
FROM message_row
WHERE message_row.rowid IN (SELECT value FROM json_each(:rowids))
