-- How many messages each chat holds among some rows, without tapbacks, events and what waits
-- to be sent.
--   :from, :to  the first and the last ROWID of message
--   :waiting    JSON array: ROWIDs that are left out
SELECT link.chat_id, count(*)
FROM message
CROSS JOIN chat_message_join AS link ON link.message_id = message.ROWID
WHERE message.ROWID BETWEEN :from AND :to
  AND {chatdb_part_listed}
  AND message.ROWID NOT IN (SELECT value FROM json_each(:waiting))
GROUP BY link.chat_id
