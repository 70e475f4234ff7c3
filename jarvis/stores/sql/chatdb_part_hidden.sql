-- Whether macOS lets what comes in a chat disappear: its sender was blocked, or reported.
(coalesce(chat.is_blackholed, 0) <> 0 OR coalesce(chat.is_deleting_incoming_messages, 0) <> 0)
