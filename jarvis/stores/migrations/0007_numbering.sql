-- What the numbering plans of the world said of the numbers met so far, in one piece: it is
-- read at each start, so that the plans need not be loaded. version: of those plans.
CREATE TABLE numbering (
  version TEXT NOT NULL,
  answers BLOB NOT NULL -- JSON
);
