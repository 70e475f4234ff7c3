-- Messages by ROWID, the chats they are linked to as a JSON array, and their mark.
--   :rowids  JSON array of message.ROWID
WITH message_row AS (
  SELECT
    message.ROWID AS rowid,
    message.guid,
    message.text,
    message.attributedBody,
    message.subject,
    sender.id AS sender,
    message.is_from_me,
    message.service,
    message.date,
    message.date_read,
    message.date_delivered,
    message.date_edited,
    message.is_read,
    message.error,
    message.item_type,
    message.group_action_type,
    message.group_title,
    message.share_status,
    message.other_handle,
    CASE WHEN message.other_handle > 0 THEN
      (SELECT handle.id FROM handle WHERE handle.ROWID = message.other_handle)
    END AS other,
    message.associated_message_guid,
    message.associated_message_type,
    message.balloon_bundle_id,
    CASE WHEN message.balloon_bundle_id <> 'com.apple.messages.URLBalloonProvider'
      THEN message.payload_data
    END AS payload_data,
    message.message_summary_info,
    message.thread_originator_guid,
    message.is_audio_message,
    message.is_expirable,
    message.was_detonated,
    message.is_spam,
    message.schedule_type,
    CASE WHEN message.cache_has_attachments THEN
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
   WHERE message_attachment_join.message_id = message.ROWID)
END AS attachments,
    (SELECT json_group_array(json_array(
   tapback.date,
   tapback.ROWID,
   tapback.associated_message_type,
   tapback.associated_message_guid,
   tapback.is_from_me,
   CAST(reactor.id AS TEXT),
   CAST(tapback.associated_message_emoji AS TEXT)))
 FROM message AS tapback
 LEFT JOIN handle AS reactor ON reactor.ROWID = tapback.handle_id
 WHERE tapback.associated_message_guid IN (
     SELECT message.guid
     UNION ALL SELECT 'p:0/' || message.guid
     UNION ALL SELECT form.value || message.guid
     FROM json_each('["bp:","p:1/","p:2/","p:3/","p:4/","p:5/","p:6/","p:7/","p:8/","p:9/"]')
       AS form
     WHERE message.part_count <> 1 OR message.part_count IS NULL
       OR message.cache_has_attachments <> 0 OR message.balloon_bundle_id IS NOT NULL)
   AND tapback.associated_message_type BETWEEN 1000 AND 3999
 HAVING count(*) > 0) AS reactions
  FROM message
  LEFT JOIN handle AS sender ON sender.ROWID = message.handle_id
)
SELECT
  message_row.*,
  (SELECT json_group_array(link.chat_id) FROM chat_message_join AS link
   WHERE link.message_id = message_row.rowid),
  (SELECT json_array(
  message.is_read,
  message.date_read,
  message.is_delivered,
  message.date_delivered,
  message.is_sent,
  message.error,
  message.date_edited,
  length(message.text),
  length(message.attributedBody),
  length(message.message_summary_info),
  message.was_detonated,
  message.associated_message_type,
  CAST(message.associated_message_emoji AS TEXT),
  CASE WHEN message.cache_has_attachments THEN
    (SELECT group_concat(
       coalesce(attachment.transfer_state, 0) || ':' || coalesce(attachment.total_bytes, 0))
     FROM message_attachment_join
     JOIN attachment ON attachment.ROWID = message_attachment_join.attachment_id
     WHERE message_attachment_join.message_id = message.ROWID)
  END,
  message.item_type,
  message.schedule_type,
  (SELECT json_group_array(chat_id) FROM (
     SELECT link.chat_id AS chat_id FROM chat_message_join AS link
     WHERE link.message_id = message.ROWID
     ORDER BY link.chat_id))) FROM message WHERE message.ROWID = message_row.rowid)
FROM message_row
WHERE message_row.rowid IN (SELECT value FROM json_each(:rowids))
