-- What Jarvis reads of a message, one row each: the columns of MessageRow, in its order.
-- sender and other are addresses; attachments is a JSON array of arrays, in the order of
-- AttachmentRow, null where there are none; reactions likewise, in that of TapbackRow. An
-- app's payload is left out for links: their previews are large, their text says enough.
-- SQLite keeps whatever was written into a column, so each is cast to what it should be.
message_row AS (
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
    {chatdb_part_schedule} AS schedule_type,
    {chatdb_part_attachments} AS attachments,
    {chatdb_part_tapbacks} AS reactions,
    message.cache_has_attachments <> 0 AS has_files
  FROM message
  LEFT JOIN handle AS sender ON sender.ROWID = message.handle_id
)
