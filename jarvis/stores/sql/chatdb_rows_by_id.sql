-- Messages by ROWID, the chats they are linked to as a JSON array, and their fingerprint.
--   :rowids  JSON array of message.ROWID
WITH {chatdb_part_message_row}
SELECT
  message_row.*,
  (SELECT json_group_array(link.chat_id) FROM chat_message_join AS link
   WHERE link.message_id = message_row.rowid),
  (SELECT {chatdb_part_fingerprint} FROM message WHERE message.ROWID = message_row.rowid)
FROM message_row
WHERE message_row.rowid IN (SELECT value FROM json_each(:rowids))
