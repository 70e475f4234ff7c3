-- The owner's addresses as single messages note them, each found by its ROWID, or the one
-- that follows.
--   :rowids  JSON array
SELECT (
  SELECT message.destination_caller_id FROM message
  WHERE message.ROWID >= place.value ORDER BY message.ROWID LIMIT 1)
FROM json_each(:rowids) AS place
