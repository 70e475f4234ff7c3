-- What stands in the chats of some messages at their moments: those messages, and what they
-- may say a second time under another guid. What sync wrote anew has the same moment; a link
-- may come twice within a minute and a half. Each row once, however many messages ask for it.
--   :rowids  JSON array of message.ROWID
SELECT
  candidate.chat_id,
  CAST(candidate.message_date AS INTEGER),
  message.ROWID,
  message.handle_id,
  message.is_from_me,
  message.balloon_bundle_id,
  message.text,
  message.attributedBody
FROM (
  SELECT DISTINCT near.chat_id, near.message_date, near.message_id
  FROM (
    SELECT DISTINCT link.chat_id, link.message_date AS until, link.message_date
      - CASE WHEN message.balloon_bundle_id = 'com.apple.messages.URLBalloonProvider'
        THEN 90000000000 ELSE 0 END AS since
    FROM json_each(:rowids) AS asked
    CROSS JOIN message ON message.ROWID = asked.value
    CROSS JOIN chat_message_join AS link ON link.message_id = message.ROWID
  ) AS moment
  CROSS JOIN chat_message_join AS near ON near.chat_id = moment.chat_id
    AND near.message_date BETWEEN moment.since AND moment.until
) AS candidate
CROSS JOIN message ON message.ROWID = candidate.message_id
WHERE coalesce(message.text, message.attributedBody) IS NOT NULL
ORDER BY message.ROWID
