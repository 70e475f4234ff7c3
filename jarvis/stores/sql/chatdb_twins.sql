-- Messages that stand in a chat a second time, under another guid, with the earlier row: what
-- sync wrote anew has the same moment; a link may come twice within a minute and a half.
-- Only the nearest few are compared, so that a thousand of one moment cost no million steps.
--   :rowids  JSON array of message.ROWID
SELECT message.ROWID, (
  SELECT twin.ROWID
  FROM (
    SELECT near.message_id FROM chat_message_join AS near
    WHERE near.chat_id = link.chat_id
      AND near.message_date <= link.message_date
      AND near.message_date >= link.message_date
        - CASE WHEN message.balloon_bundle_id = 'com.apple.messages.URLBalloonProvider'
          THEN 90000000000 ELSE 0 END
      AND near.message_id < message.ROWID
    ORDER BY near.message_date DESC, near.message_id DESC
    LIMIT 20) AS earlier
  JOIN message AS twin ON twin.ROWID = earlier.message_id
  WHERE twin.handle_id IS message.handle_id
    AND twin.is_from_me = message.is_from_me
    AND twin.balloon_bundle_id IS message.balloon_bundle_id
    AND twin.text IS message.text
    AND twin.attributedBody IS message.attributedBody
  LIMIT 1) AS twin_rowid
FROM message
JOIN chat_message_join AS link ON link.message_id = message.ROWID
WHERE message.ROWID IN (SELECT value FROM json_each(:rowids))
  AND coalesce(message.text, message.attributedBody) IS NOT NULL
  AND twin_rowid IS NOT NULL
