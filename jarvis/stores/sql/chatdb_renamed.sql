-- What a group was named last, among the newest events and messages of its chats; null or ''
-- where its name was removed, no row where it was not renamed. The CROSS JOIN makes the chats
-- lead, and not the dates of all mail.
--   :chats  JSON array: the ROWIDs of all chats of the conversation
SELECT CAST(message.group_title AS TEXT)
FROM (
  SELECT link.message_id, link.message_date
  FROM json_each(:chats) AS member
  CROSS JOIN chat_message_join AS link ON link.chat_id = member.value
  ORDER BY link.message_date DESC, link.message_id DESC
  LIMIT 20000) AS newest
CROSS JOIN message ON message.ROWID = newest.message_id
WHERE message.item_type = 2
ORDER BY newest.message_date DESC, newest.message_id DESC
LIMIT 1
