-- What was typed lately in one chat, newest first, in the order of the covering index of its
-- links; the + keeps SQLite from choosing another.
--   :chat            ROWID of the chat
--   :after, :before  between these message.ROWIDs
--   :limit           how many at most
SELECT
{chatdb_part_said}
FROM chat_message_join AS link
CROSS JOIN message ON message.ROWID = link.message_id
WHERE link.chat_id = :chat
  AND +link.message_id > :after AND +link.message_id < :before
  AND {chatdb_part_typed}
ORDER BY link.message_date DESC, link.message_id DESC
LIMIT :limit
