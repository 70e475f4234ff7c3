-- How many texts of a model were not offered as suggestions, by reason.
CREATE TABLE dropped_texts (
  reason TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) WITHOUT ROWID;
