-- What Jarvis reads of a message, one row each: the columns of MessageRow, in its order.
-- sender and other are addresses; attachments is a JSON array of arrays, in the order of
-- AttachmentRow, null where there are none; reactions likewise, in that of TapbackRow. An
-- app's payload is left out for links: their previews are large, their text says enough.
message_row AS (
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
    {chatdb_part_attachments} AS attachments,
    {chatdb_part_tapbacks} AS reactions
  FROM message
  LEFT JOIN handle AS sender ON sender.ROWID = message.handle_id
)
