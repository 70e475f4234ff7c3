-- A page of the conversation list of all folders, newest first; params as for one folder.
SELECT
  chat_id, display_name, participants, is_group, service, folder,
  last_message_text, last_message_date, last_message_is_from_me,
  last_message_sender, message_count, unread_count,
  (SELECT count(*) FROM v1_conversation
   WHERE :query = '' OR instr(search_text, :query)),
  people
FROM v1_conversation
WHERE (:query = '' OR instr(search_text, :query))
  AND (last_message_date, chat_id) < (:date, :chat_id)
ORDER BY last_message_date DESC, chat_id DESC
LIMIT :limit
