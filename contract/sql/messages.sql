-- Messages by ROWID, the chats they are linked to as a JSON array, and their fingerprint.
--   :rowids  JSON array of message.ROWID
WITH message_row AS (
  SELECT
    message.ROWID AS rowid,
    CAST(message.guid AS TEXT) AS guid,
    CAST(message.text AS TEXT) AS text,
    message.attributedBody,
    CAST(message.subject AS TEXT) AS subject,
    CAST(sender.id AS TEXT) AS sender,
    CAST(message.is_from_me AS INTEGER) AS is_from_me,
    CAST(message.service AS TEXT) AS service,
    CAST(message.date AS INTEGER) AS date,
    CAST(message.date_read AS INTEGER) AS date_read,
    CAST(message.date_delivered AS INTEGER) AS date_delivered,
    CAST(message.date_edited AS INTEGER) AS date_edited,
    CAST(message.is_read AS INTEGER) AS is_read,
    CAST(message.error AS INTEGER) AS error,
    CAST(message.item_type AS INTEGER) AS item_type,
    CAST(message.group_action_type AS INTEGER) AS group_action_type,
    CAST(message.group_title AS TEXT) AS group_title,
    CAST(message.share_status AS INTEGER) AS share_status,
    CAST(message.other_handle AS INTEGER) AS other_handle,
    CASE WHEN message.other_handle > 0 THEN
      (SELECT CAST(handle.id AS TEXT) FROM handle WHERE handle.ROWID = message.other_handle)
    END AS other,
    CAST(message.associated_message_guid AS TEXT) AS associated_message_guid,
    CAST(message.associated_message_type AS INTEGER) AS associated_message_type,
    CAST(message.balloon_bundle_id AS TEXT) AS balloon_bundle_id,
    CASE WHEN message.balloon_bundle_id <> 'com.apple.messages.URLBalloonProvider'
      THEN message.payload_data
    END AS payload_data,
    message.message_summary_info,
    CAST(message.thread_originator_guid AS TEXT) AS thread_originator_guid,
    CAST(message.is_audio_message AS INTEGER) AS is_audio_message,
    CAST(message.is_expirable AS INTEGER) AS is_expirable,
    CAST(message.was_detonated AS INTEGER) AS was_detonated,
    CAST(message.is_spam AS INTEGER) AS is_spam,
    CASE WHEN message.schedule_type = 2
  AND (message.is_delivered <> 0 OR message.date_delivered <> 0 OR message.date_read <> 0
       OR (message.is_sent <> 0 AND message.date
           <= (CAST(strftime('%s', 'now') AS INTEGER) - 978307200) * 1000000000))
  THEN 0
  ELSE CAST(message.schedule_type AS INTEGER)
END AS schedule_type,
    (SELECT json_group_array(json_array(
   CAST(attachment.guid AS TEXT),
   CAST(attachment.filename AS TEXT),
   CAST(attachment.transfer_name AS TEXT),
   CAST(attachment.mime_type AS TEXT),
   CAST(attachment.uti AS TEXT),
   CAST(attachment.total_bytes AS INTEGER),
   attachment.is_sticker = 1,
   attachment.hide_attachment = 1,
   CAST(attachment.emoji_image_short_description AS TEXT)))
 FROM message_attachment_join
 JOIN attachment ON attachment.ROWID = message_attachment_join.attachment_id
 WHERE message_attachment_join.message_id = message.ROWID
 HAVING count(*) > 0) AS attachments,
    (SELECT json_group_array(json_array(
   CAST(tapback.date AS INTEGER),
   tapback.ROWID,
   CAST(tapback.associated_message_type AS INTEGER),
   CAST(tapback.associated_message_guid AS TEXT),
   CAST(tapback.is_from_me AS INTEGER),
   CAST(reactor.id AS TEXT),
   CAST(tapback.associated_message_emoji AS TEXT)))
 FROM message AS tapback
 LEFT JOIN handle AS reactor ON reactor.ROWID = tapback.handle_id
 WHERE tapback.associated_message_guid IN (
     SELECT message.guid
     UNION ALL SELECT 'bp:' || message.guid
     UNION ALL SELECT 'p:0/' || message.guid
     UNION ALL SELECT part.spelling || message.guid
     FROM (
       WITH RECURSIVE target(guid) AS (
         SELECT min(associated_message_guid) FROM message
         WHERE associated_message_guid >= 'p:' AND associated_message_guid < 'p;'
         UNION ALL
         SELECT (SELECT min(associated_message_guid) FROM message
                 WHERE associated_message_guid >=
                   substr(target.guid, 1, instr(target.guid || '/', '/') - 1) || '0'
                   AND associated_message_guid < 'p;')
         FROM target WHERE target.guid IS NOT NULL)
       SELECT substr(guid, 1, instr(guid, '/')) AS spelling
       FROM target WHERE guid LIKE 'p:_%/%' AND guid NOT LIKE 'p:0/%') AS part
     WHERE message.part_count <> 1 OR message.part_count IS NULL
       OR message.cache_has_attachments <> 0 OR message.balloon_bundle_id IS NOT NULL)
   AND tapback.associated_message_type BETWEEN 1000 AND 3999
 HAVING count(*) > 0) AS reactions,
    message.cache_has_attachments <> 0 AS has_files
  FROM message
  LEFT JOIN handle AS sender ON sender.ROWID = message.handle_id
)
SELECT
  message_row.*,
  (SELECT json_group_array(link.chat_id) FROM chat_message_join AS link
   WHERE link.message_id = message_row.rowid),
  (SELECT json_array(
  CAST(message.is_read AS INTEGER),
  CAST(message.date_read AS INTEGER),
  CAST(message.is_delivered AS INTEGER),
  CAST(message.date_delivered AS INTEGER),
  CAST(message.is_sent AS INTEGER),
  CAST(message.error AS INTEGER),
  CAST(message.date_edited AS INTEGER),
  length(message.text),
  length(message.attributedBody),
  length(message.message_summary_info),
  CAST(message.was_detonated AS INTEGER),
  CAST(message.associated_message_type AS INTEGER),
  CAST(message.associated_message_emoji AS TEXT),
  (SELECT group_concat(
     coalesce(attachment.transfer_state, 0) || ':' || coalesce(attachment.total_bytes, 0))
   FROM message_attachment_join
   JOIN attachment ON attachment.ROWID = message_attachment_join.attachment_id
   WHERE message_attachment_join.message_id = message.ROWID),
  CAST(message.item_type AS INTEGER),
  CASE WHEN message.schedule_type = 2
  AND (message.is_delivered <> 0 OR message.date_delivered <> 0 OR message.date_read <> 0
       OR (message.is_sent <> 0 AND message.date
           <= (CAST(strftime('%s', 'now') AS INTEGER) - 978307200) * 1000000000))
  THEN 0
  ELSE CAST(message.schedule_type AS INTEGER)
END,
  (SELECT json_group_array(chat_id) FROM (
     SELECT link.chat_id AS chat_id FROM chat_message_join AS link
     WHERE link.message_id = message.ROWID
     ORDER BY link.chat_id))) FROM message WHERE message.ROWID = message_row.rowid)
FROM message_row
WHERE message_row.rowid IN (SELECT value FROM json_each(:rowids))
