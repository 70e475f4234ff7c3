-- The files of messages, by ROWID. Each is [guid, filename, transfer_name, mime_type, uti,
-- total_bytes, is_sticker, is_hidden, description of a sticker].
--   :rowids  JSON array of message.ROWID
SELECT message.ROWID, {chatdb_part_attachments} AS attachments
FROM message
WHERE message.ROWID IN (SELECT value FROM json_each(:rowids))
