-- The owner's addresses as chats and recent messages note them: "P:+1555…", "E:…", "+1555…".
SELECT chat.account_login AS address FROM chat
UNION ALL
SELECT chat.last_addressed_handle FROM chat
UNION ALL
SELECT * FROM (
  SELECT message.destination_caller_id FROM message ORDER BY message.ROWID DESC LIMIT 100)
