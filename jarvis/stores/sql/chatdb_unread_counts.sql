-- Unread messages of each chat: Apple's own predicate, without tapbacks and junk. What was
-- read on another device stands below the chat's mark; without a mark only the last weeks
-- count, since old rows stay unread for ever.
SELECT link.chat_id, count(*)
FROM message
JOIN chat_message_join AS link ON link.message_id = message.ROWID
JOIN chat ON chat.ROWID = link.chat_id
WHERE message.is_read = 0 AND message.is_from_me = 0 AND message.item_type = 0
  AND message.is_finished = 1 AND message.is_system_message = 0
  AND coalesce(message.is_spam, 0) = 0
  AND coalesce(message.associated_message_type, 0) < 1000
  AND coalesce(chat.is_filtered, 0) <> 2
  AND NOT {chatdb_part_hidden}
  AND message.date > CASE WHEN coalesce(chat.last_read_message_timestamp, 0) > 0
                     THEN chat.last_read_message_timestamp ELSE :since END
  AND (:chats IS NULL OR link.chat_id IN (SELECT value FROM json_each(:chats)))
GROUP BY link.chat_id
