-- Every chat. is_undated: it holds a link that an old system left without a date.
SELECT
  chat.ROWID,
  chat.guid,
  chat.style,
  chat.chat_identifier,
  chat.service_name,
  chat.display_name,
  chat.group_id,
  chat.original_group_id,
  chat.is_archived,
  chat.is_filtered,
  EXISTS (SELECT 1 FROM chat_message_join AS link
          WHERE link.chat_id = chat.ROWID AND link.message_date = 0)
  OR EXISTS (SELECT 1 FROM chat_message_join AS link
             WHERE link.chat_id = chat.ROWID AND link.message_date IS NULL)
  AS is_undated
FROM chat
ORDER BY chat.ROWID
