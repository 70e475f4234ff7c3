-- What was typed lately in all chats, newest first, once for each chat it stands in. The
-- index of dates gives the order; the + keeps SQLite from walking the ROWIDs instead.
--   :before  below this message.ROWID
--   :limit   how many at most
SELECT
{chatdb_part_said}
FROM message
CROSS JOIN chat_message_join AS link ON link.message_id = message.ROWID
WHERE +message.ROWID < :before
  AND {chatdb_part_typed}
ORDER BY message.date DESC, message.ROWID DESC
LIMIT :limit
