-- Ingest: what shall go where, and how far each file has come. A step's state is written before and
-- after each thing that is done to a file, so a program that was killed goes on without harm.
CREATE TABLE ingest_plans (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL, -- absolute
  target TEXT NOT NULL, -- absolute, inside a media folder
  policy TEXT NOT NULL, -- see src/items/ingest/policies.ts
  mode TEXT NOT NULL CHECK (mode IN ('move', 'copy', 'hardlink', 'reflink')),
  state TEXT NOT NULL CHECK (state IN ('planned', 'running', 'stopped', 'done', 'cancelled')),
  options TEXT NOT NULL DEFAULT '{}', -- JSON
  room TEXT NOT NULL DEFAULT '{}', -- JSON: bytes needed and free on the target, when planned
  version INTEGER NOT NULL DEFAULT 1,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE ingest_steps (
  plan_id TEXT NOT NULL REFERENCES ingest_plans (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  source TEXT NOT NULL, -- absolute
  target TEXT, -- absolute; NULL where nothing is to be done
  size_bytes INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('take', 'skip')),
  reason TEXT NOT NULL, -- why there, or why not
  digest TEXT, -- SHA-256, once it is read
  state TEXT NOT NULL, -- see src/items/ingest/journal.ts
  error TEXT,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (plan_id, seq)
) STRICT, WITHOUT ROWID;
