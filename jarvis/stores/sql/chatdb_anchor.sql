-- The date of a message, if it is in one of these chats.
SELECT message.date FROM message
WHERE message.ROWID = :rowid
  AND EXISTS (SELECT 1 FROM chat_message_join AS link
              WHERE link.message_id = message.ROWID
                AND link.chat_id IN (SELECT value FROM json_each(:chats)))
