-- The messages of one chat on one side of a place, nearest first. The CROSS JOIN makes the
-- links lead, so that their covering index gives the order and LIMIT ends the walk. The place is
-- found in the same query: a trip to the connection's thread costs as much as ten rows.
SELECT message.*
FROM chat_message_join AS link
CROSS JOIN message_row AS message ON message.rowid = link.message_id
WHERE link.chat_id = {chat}
  AND ({date}, link.message_id) {comparison} ({place}, :anchor)
  AND {shown}
ORDER BY {date} {order}, link.message_id {order}
LIMIT :limit
