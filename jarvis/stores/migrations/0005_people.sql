-- How many others take part in a conversation, a person once however many addresses.
ALTER TABLE conversation ADD COLUMN people INTEGER NOT NULL DEFAULT 0;

DROP VIEW v1_conversation;
CREATE VIEW v1_conversation AS
SELECT
  chat_id, display_name, participants, is_group, service, folder,
  last_message_text, last_message_date, last_message_is_from_me,
  last_message_sender, message_count, unread_count, search_text, people
FROM conversation;
