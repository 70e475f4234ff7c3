-- Changes of messages that were told, counts that grow while chat.db is read, what was sent,
-- and the views that others read.

-- The rows of chat.db that may still change, as they were when last looked at.
CREATE TABLE watched (
  rowid INTEGER PRIMARY KEY,
  guid TEXT NOT NULL,
  date_ns INTEGER NOT NULL, -- Apple's clock
  chat_id TEXT, -- NULL: in no conversation
  target TEXT, -- of a reaction: what it is tied to, as chat.db has it
  mark TEXT NOT NULL -- everything that may change, as JSON
);

-- Messages of each chat. recounted is the count that is being made, from the newest row
-- down; when it is complete it takes the place of the other.
CREATE TABLE chat_count (
  chat_rowid INTEGER PRIMARY KEY,
  messages INTEGER NOT NULL,
  recounted INTEGER NOT NULL
);
CREATE TABLE counting (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  below INTEGER NOT NULL, -- rows with lower numbers are still to be counted; 1: none
  deletions INTEGER NOT NULL -- how many chat.db had noted when the count began
);

-- What was handed to Messages, once each; the key is the client's own.
CREATE TABLE sending (
  idempotency_key TEXT PRIMARY KEY,
  chat_id TEXT NOT NULL,
  text_hash BLOB NOT NULL, -- finds the message again; never the words
  after_rowid INTEGER NOT NULL, -- of chat.db: the message has a higher one
  status TEXT NOT NULL,
  guid TEXT,
  reason TEXT,
  begun_ms INTEGER NOT NULL -- since 1970
) WITHOUT ROWID;
CREATE INDEX sending_guid ON sending (guid);

-- The names of everybody in a conversation, by handle.
CREATE TABLE contact (
  handle TEXT PRIMARY KEY,
  name TEXT NOT NULL
) WITHOUT ROWID;

-- What other programs may read (docs/direct-reads.md); columns are added, never changed.
CREATE VIEW v1_conversation AS
SELECT
  chat_id, display_name, participants, is_group, service, folder,
  last_message_text, last_message_date, last_message_is_from_me,
  last_message_sender, message_count, unread_count, search_text
FROM conversation;
CREATE VIEW v1_contact AS SELECT handle, name FROM contact;
CREATE VIEW v1_event AS SELECT seq, name, chat_id, params, made_at FROM event;
CREATE VIEW v1_history AS
SELECT
  meta.epoch,
  coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0) AS seq,
  (SELECT below > 1 FROM counting) AS is_counting
FROM meta;
