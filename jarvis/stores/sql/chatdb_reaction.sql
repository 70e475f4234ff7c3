-- Tapbacks and stickers put on messages, with what they are tied to ("p:0/GUID").
CREATE TEMP VIEW reaction AS
SELECT
  message.associated_message_guid AS target,
  json_array(
    message.date,
    message.ROWID,
    message.associated_message_type,
    message.associated_message_guid,
    message.is_from_me,
    CAST(handle.id AS TEXT),
    CAST(message.associated_message_emoji AS TEXT)) AS content
FROM message
LEFT JOIN handle ON handle.ROWID = message.handle_id
WHERE message.associated_message_guid IS NOT NULL
  AND message.associated_message_type BETWEEN 1000 AND 3999
