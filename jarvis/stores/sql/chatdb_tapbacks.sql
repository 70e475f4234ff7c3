-- The tapbacks on messages, by ROWID. Each is [date, ROWID, associated_message_type (2000 and
-- up: put, 3000 and up: taken back), what it is tied to, is_from_me, handle, emoji]; in the
-- order of date and ROWID the last of each person and part stands.
--   :rowids  JSON array of message.ROWID
SELECT message.ROWID, {chatdb_part_tapbacks} AS tapbacks
FROM message
WHERE message.ROWID IN (SELECT value FROM json_each(:rowids))
