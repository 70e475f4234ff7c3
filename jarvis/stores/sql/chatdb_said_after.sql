-- What was typed in all chats since a row, newest row first, once for each chat it is in.
--   :after, :before  between these message.ROWIDs
--   :limit           how many at most
SELECT
{chatdb_part_said}
FROM message
CROSS JOIN chat_message_join AS link ON link.message_id = message.ROWID
WHERE message.ROWID > :after AND message.ROWID < :before
  AND {chatdb_part_typed}
ORDER BY message.ROWID DESC
LIMIT :limit
