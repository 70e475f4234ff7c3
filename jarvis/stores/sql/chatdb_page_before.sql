-- Messages of one chat before a place, newest first. The CROSS JOIN makes the links lead, so
-- that their covering index gives the order and LIMIT ends the walk.
--   :chat       ROWID of the chat
--   :chats      JSON array: the ROWIDs of all chats of the conversation
--   :anchor     ROWID of the message at the place, null for the end; when it is in none of
--               :chats there are no rows
--   :including  1: the message at the place comes too, as the first; else 0
--   :limit      how many at most
WITH {chatdb_part_message_row}
SELECT message.*
FROM chat_message_join AS link
CROSS JOIN message_row AS message ON message.rowid = link.message_id
WHERE link.chat_id = :chat
  AND (link.message_date, link.message_id) < (
    CASE WHEN :anchor IS NULL THEN 9223372036854775807 ELSE ({chatdb_part_anchor}) END,
    coalesce(:anchor + :including, 9223372036854775807))
  AND {chatdb_part_shown}
ORDER BY link.message_date DESC, link.message_id DESC
LIMIT :limit
