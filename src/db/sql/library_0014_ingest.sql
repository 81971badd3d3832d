-- Ingest: what shall go where, and how far each file has come. A step's state is written before and
-- after each thing that is done to a file, so a program that was killed goes on without harm.
CREATE TABLE ingest_plans (
  id TEXT PRIMARY KEY,
  sources TEXT NOT NULL, -- JSON: files and folders, absolute, without links
  target TEXT NOT NULL, -- absolute, without links, inside a media folder
  policy TEXT NOT NULL, -- see src/items/ingest/policies.ts
  mode TEXT NOT NULL CHECK (mode IN ('move', 'copy', 'hardlink', 'reflink')),
  state TEXT NOT NULL
    CHECK (state IN ('planning', 'planned', 'running', 'stopped', 'done', 'cancelled')),
  reason TEXT, -- why it is stopped
  options TEXT NOT NULL DEFAULT '{}', -- JSON
  room TEXT NOT NULL DEFAULT '{}', -- JSON: bytes needed and free on the target, when planned
  version INTEGER NOT NULL DEFAULT 1,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX ingest_plans_by_state ON ingest_plans (state, started_at);

CREATE TABLE ingest_steps (
  plan_id TEXT NOT NULL REFERENCES ingest_plans (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  along_with INTEGER, -- a sidecar: the seq of its film
  source TEXT NOT NULL, -- absolute
  target TEXT, -- absolute; NULL where nothing is to be done
  size_bytes INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  inode TEXT, -- of the source, as it was last looked at
  action TEXT NOT NULL CHECK (action IN ('take', 'skip')),
  reason TEXT NOT NULL, -- why there, or why not
  duplicate_of TEXT, -- the path that holds the same
  digest TEXT, -- SHA-256, once it is read
  way TEXT, -- how it gets there: rename, link, copy, clone
  state TEXT NOT NULL, -- see src/items/ingest/journal.ts
  error TEXT,
  media_id TEXT, -- of a source that is in the library already: it stays the same medium
  updated_at TEXT NOT NULL,
  PRIMARY KEY (plan_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX ingest_steps_by_digest ON ingest_steps (plan_id, digest) WHERE digest IS NOT NULL;
CREATE INDEX ingest_steps_by_state ON ingest_steps (plan_id, state, seq);
CREATE INDEX ingest_steps_by_target ON ingest_steps (plan_id, target) WHERE target IS NOT NULL;
CREATE INDEX ingest_steps_by_film ON ingest_steps (plan_id, along_with)
  WHERE along_with IS NOT NULL;

-- Files of one size are looked at first when a duplicate is searched.
CREATE INDEX media_by_size ON media (size_bytes);
