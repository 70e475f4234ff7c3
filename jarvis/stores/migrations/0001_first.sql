-- The journal of what was delivered, and the list of conversations kept ready.

-- Which history this is: a client that knows another epoch has to load everything anew.
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL
);
INSERT INTO meta (id, epoch) VALUES (1, lower(hex(randomblob(8))));

-- How far chat.db has been read. inode: of the file that was read, to notice another one.
CREATE TABLE cursor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_seen_rowid INTEGER NOT NULL,
  newest_date_ns INTEGER NOT NULL, -- Apple's clock; never in the future
  inode INTEGER NOT NULL
);

-- Rows that were seen before they were whole.
CREATE TABLE pending (
  rowid INTEGER PRIMARY KEY,
  first_seen_ms INTEGER NOT NULL -- since 1970
);

-- What became an event, or was there when the first look was taken: never twice.
CREATE TABLE delivered (
  guid TEXT PRIMARY KEY,
  rowid INTEGER, -- NULL: not in the chat.db of today
  delivered_ms INTEGER NOT NULL -- since 1970
) WITHOUT ROWID;
CREATE INDEX delivered_when ON delivered (delivered_ms);
CREATE INDEX delivered_rowid ON delivered (rowid);

-- The stored pushes; params is the JSON exactly as it was sent.
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  chat_id TEXT,
  params TEXT NOT NULL,
  made_at TEXT NOT NULL
);

-- One row of the conversation list each; participants is a JSON array of handles.
CREATE TABLE conversation (
  chat_id TEXT PRIMARY KEY,
  display_name TEXT NOT NULL,
  participants TEXT NOT NULL,
  is_group INTEGER NOT NULL,
  service TEXT,
  folder TEXT NOT NULL,
  last_message_text TEXT,
  last_message_date TEXT NOT NULL, -- '' when there is none: sorts last
  last_message_is_from_me INTEGER NOT NULL,
  last_message_sender TEXT,
  message_count INTEGER NOT NULL,
  unread_count INTEGER NOT NULL,
  search_text TEXT NOT NULL -- what a list query is looked for in, case folded
);
CREATE INDEX conversation_newest ON conversation (last_message_date, chat_id);
CREATE INDEX conversation_newest_in_folder
  ON conversation (folder, last_message_date, chat_id);
