-- How answers came about, and what became of suggestions. No text is kept: what was asked
-- and what was offered are known by keyed hashes.

CREATE TABLE hashing (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  hash_key BLOB NOT NULL -- random; without it a hash says nothing
);
INSERT INTO hashing VALUES (1, randomblob(16));

-- One answer each, as get_routing_metrics shows it; the newest are kept.
CREATE TABLE routed (
  id INTEGER PRIMARY KEY,
  request TEXT NOT NULL -- JSON
);

-- How each method was used.
CREATE TABLE method_use (
  method TEXT PRIMARY KEY,
  use TEXT NOT NULL -- JSON
) WITHOUT ROWID;

-- Suggestions that were shown and of which nothing is known yet.
CREATE TABLE offer (
  text_hash BLOB PRIMARY KEY,
  confidence REAL NOT NULL, -- as it was computed, before it was calibrated
  offered_ms INTEGER NOT NULL -- since 1970
) WITHOUT ROWID;

-- What became of suggestions.
CREATE TABLE outcome (
  id INTEGER PRIMARY KEY,
  action TEXT NOT NULL, -- sent, edited, dismissed, copied
  confidence REAL, -- NULL: it is not known what was offered
  made_ms INTEGER NOT NULL -- since 1970
);
