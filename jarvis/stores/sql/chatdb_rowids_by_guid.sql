-- Messages by guid.
--   :guids  JSON array
SELECT message.guid, message.ROWID FROM message
WHERE message.guid IN (SELECT value FROM json_each(:guids))
