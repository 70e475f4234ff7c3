-- What Jarvis reads of a message, one row each: the columns of MessageRow, in its order.
-- sender and other are addresses; attachments is a JSON array of arrays, in the order of
-- AttachmentRow, null where there are none; reactions likewise, in that of TapbackRow, found
-- by an exact list of the spellings of their target, so that its index is used. An app's
-- payload is left out for links: their previews are large and their text says enough.
reaction AS NOT MATERIALIZED (
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
),
message_row AS NOT MATERIALIZED (
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
    CASE WHEN message.part_count = 1 AND message.cache_has_attachments = 0
          AND message.balloon_bundle_id IS NULL
      THEN
        (SELECT json_group_array(json(reaction.content)) FROM reaction
         WHERE reaction.target IN (message.guid, 'p:0/' || message.guid)
         HAVING count(*) > 0)
      ELSE
        (SELECT json_group_array(json(reaction.content)) FROM reaction
         WHERE reaction.target IN (
           message.guid, 'bp:' || message.guid,
           'p:0/' || message.guid, 'p:1/' || message.guid, 'p:2/' || message.guid,
           'p:3/' || message.guid, 'p:4/' || message.guid, 'p:5/' || message.guid,
           'p:6/' || message.guid, 'p:7/' || message.guid, 'p:8/' || message.guid,
           'p:9/' || message.guid)
         HAVING count(*) > 0)
    END AS reactions
  FROM message
  LEFT JOIN handle AS sender ON sender.ROWID = message.handle_id
)
