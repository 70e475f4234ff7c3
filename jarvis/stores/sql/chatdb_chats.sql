-- Every chat. is_filtered: 1 of an unknown sender or still to be reviewed, 2 junk, or what
-- macOS lets disappear (is_hidden). is_undated: it holds a link that an old system left
-- without a date.
SELECT
  chat.ROWID,
  CAST(chat.guid AS TEXT),
  CAST(chat.style AS INTEGER),
  CAST(chat.chat_identifier AS TEXT),
  CAST(chat.service_name AS TEXT),
  CAST(chat.display_name AS TEXT),
  CAST(chat.group_id AS TEXT),
  CAST(chat.original_group_id AS TEXT),
  CAST(chat.is_archived AS INTEGER),
  CASE WHEN {chatdb_part_hidden} THEN 2
    ELSE max(coalesce(CAST(chat.is_filtered AS INTEGER), 0),
             coalesce(chat.is_pending_review, 0) <> 0)
  END AS is_filtered,
  EXISTS (SELECT 1 FROM chat_message_join AS link
          WHERE link.chat_id = chat.ROWID AND link.message_date = 0)
  OR EXISTS (SELECT 1 FROM chat_message_join AS link
             WHERE link.chat_id = chat.ROWID AND link.message_date IS NULL)
  AS is_undated,
  {chatdb_part_hidden} AS is_hidden
FROM chat
ORDER BY chat.ROWID
