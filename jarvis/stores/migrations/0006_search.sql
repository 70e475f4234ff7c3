-- The search index: what was said, by its words and by what it means. All of it is derived
-- from chat.db, and all that belongs together is written in one transaction.

-- Conversations and senders as small numbers. A conversation may have several numbers:
-- what was two conversations may become one. Sender 0 is the user and stands in no row.
CREATE TABLE search_chat (
  number INTEGER PRIMARY KEY,
  chat_id TEXT NOT NULL -- of the conversation list
);
CREATE INDEX search_chat_id ON search_chat (chat_id);
CREATE TABLE search_sender (
  number INTEGER PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE -- "": nobody knows who
);

-- Each text once, however many messages say it. The numbers are never used again, so that
-- a vector made of one text cannot become another's.
CREATE TABLE search_text (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE, -- of the body
  body TEXT NOT NULL, -- a BLOB where it is no Unicode: half a surrogate pair
  uses INTEGER NOT NULL, -- messages that say it
  embed INTEGER NOT NULL -- whether it gets a vector of its own
);
CREATE TABLE search_message (
  id INTEGER PRIMARY KEY, -- chat.db's message.ROWID
  chat INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  date_ms INTEGER NOT NULL, -- since 1970
  text_id INTEGER NOT NULL REFERENCES search_text (id),
  attachment INTEGER NOT NULL, -- whether it has one
  extra TEXT -- other words it is found by: names and transcripts of its attachments
);
CREATE INDEX search_message_chat ON search_message (chat, date_ms, id);
CREATE INDEX search_message_sender ON search_message (sender, date_ms, id);
CREATE INDEX search_message_date ON search_message (date_ms, id);
CREATE INDEX search_message_text ON search_message (text_id, date_ms, chat);
CREATE INDEX search_message_attachment ON search_message (date_ms, id) WHERE attachment;

-- A few messages of one conversation in a row, from the first to the last.
CREATE TABLE search_segment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  first_id INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  open INTEGER NOT NULL -- whether messages may still join it
);
CREATE INDEX search_segment_chat ON search_segment (chat, first_ms, first_id);
CREATE INDEX search_segment_open ON search_segment (chat) WHERE open;

-- The words of messages, folded (stores/index/fold.py); rowid is the message's. `meta`
-- holds the conversation ("c12"), the sender ("s3") and "a" where there is an attachment.
CREATE VIRTUAL TABLE search_words USING fts5 (
  text, meta, content = '',
  tokenize = "unicode61 remove_diacritics 2 categories 'L* M* N* Co So'"
);

-- What made the vectors. The one that answers is active; another is being completed.
CREATE TABLE search_model (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  dims INTEGER NOT NULL,
  mean BLOB NOT NULL, -- little-endian float32 a dimension: what codes are centred on
  active INTEGER NOT NULL
);
-- kind 0: of a text, 1: of a segment; ref is its id. The vector is about v times scale.
CREATE TABLE search_vector (
  slot INTEGER PRIMARY KEY, -- the model's id << 32, and a number
  kind INTEGER NOT NULL,
  ref INTEGER NOT NULL,
  scale REAL NOT NULL,
  v BLOB NOT NULL -- int8 a dimension
);
CREATE UNIQUE INDEX search_vector_ref ON search_vector (kind, ref, slot >> 32);
-- The signs of 256 vectors, and whose they may be (stores/index/codes.py).
CREATE TABLE search_code (
  chunk INTEGER PRIMARY KEY, -- slot >> 8
  free INTEGER NOT NULL, -- slots without a vector
  version INTEGER NOT NULL, -- rises with each change of any chunk
  live BLOB NOT NULL, -- a bit a slot, the lowest first
  codes BLOB NOT NULL,
  places BLOB NOT NULL
);
CREATE INDEX search_code_free ON search_code (free);
CREATE INDEX search_code_version ON search_code (version);
-- What is still to get a vector of the newest model.
CREATE TABLE search_wanted (
  kind INTEGER NOT NULL,
  ref INTEGER NOT NULL,
  date_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, ref)
) WITHOUT ROWID;
CREATE INDEX search_wanted_date ON search_wanted (date_ms, kind, ref);

CREATE TABLE search_state (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
