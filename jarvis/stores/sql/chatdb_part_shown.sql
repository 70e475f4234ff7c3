-- What a thread shows: messages and events; reactions and votes are no rows of it.
coalesce(message.associated_message_type, 0) < 1000
