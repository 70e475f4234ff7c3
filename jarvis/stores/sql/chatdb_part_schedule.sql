-- 2 as long as a message waits to be sent at its date. The mark of Send Later may stay on the
-- row when it has gone out: who received it, or that it was sent and its date is past, says so.
CASE WHEN message.schedule_type = 2
  AND (message.is_delivered <> 0 OR message.date_delivered <> 0 OR message.date_read <> 0
       OR (message.is_sent <> 0 AND message.date
           <= (CAST(strftime('%s', 'now') AS INTEGER) - 978307200) * 1000000000))
  THEN 0
  ELSE CAST(message.schedule_type AS INTEGER)
END
