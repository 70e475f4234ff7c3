-- Messages of one chat after a place, oldest first; see the page before one.
--   :chat    ROWID of the chat
--   :chats   JSON array: the ROWIDs of all chats of the conversation
--   :anchor  ROWID of the message at the place; when it is in none of :chats there are no rows
--   :limit   how many at most
WITH {chatdb_part_message_row}
SELECT message.*
FROM chat_message_join AS link
CROSS JOIN message_row AS message ON message.rowid = link.message_id
WHERE link.chat_id = :chat
  AND (link.message_date, link.message_id) > (({chatdb_part_anchor}), :anchor)
  AND {chatdb_part_shown}
ORDER BY link.message_date ASC, link.message_id ASC
LIMIT :limit
