-- The rows that may still change, as far as they were seen: the newest ones by number, and
-- what is dated within the last days.
--   :above  ROWIDs above this
--   :seen   but none above this
--   :since  Apple's clock
--   :limit  how many at most, the newest by number first
SELECT
  message.ROWID,
  CAST(message.guid AS TEXT),
  CAST(message.date AS INTEGER),
  CAST(message.associated_message_guid AS TEXT),
  {chatdb_part_fingerprint}
FROM message
WHERE message.ROWID IN (
  SELECT ROWID FROM message WHERE ROWID > :above AND ROWID <= :seen
  UNION
  SELECT dated.ROWID FROM (
    SELECT ROWID FROM message WHERE date > :since ORDER BY date DESC LIMIT :limit) AS dated
  WHERE dated.ROWID <= :seen
  ORDER BY 1 DESC
  LIMIT :limit)
