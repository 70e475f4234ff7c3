-- How many messages each chat holds, without tapbacks, events and what waits to be sent.
SELECT link.chat_id, count(*)
FROM chat_message_join AS link
JOIN message ON message.ROWID = link.message_id
WHERE {listed}
  AND (:chats IS NULL OR link.chat_id IN (SELECT value FROM json_each(:chats)))
GROUP BY link.chat_id
