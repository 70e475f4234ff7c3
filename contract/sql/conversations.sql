-- A page of the conversation list of one folder, newest first.
--   :folder         inbox, unknown, junk or archived
--   :query          a part of a name or handle in small letters; '' for all
--   :date, :chat_id of the last row of the page before; '~' and '' for the first page
--   :limit          how many at most
-- The last column but one counts all that folder and query let through.
SELECT
  chat_id, display_name, participants, is_group, service, folder,
  last_message_text, last_message_date, last_message_is_from_me,
  last_message_sender, message_count, unread_count,
  (SELECT count(*) FROM v1_conversation
   WHERE folder = :folder AND (:query = '' OR instr(search_text, :query))),
  people
FROM v1_conversation
WHERE folder = :folder
  AND (:query = '' OR instr(search_text, :query))
  AND (last_message_date, chat_id) < (:date, :chat_id)
ORDER BY last_message_date DESC, chat_id DESC
LIMIT :limit
