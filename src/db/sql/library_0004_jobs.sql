-- What the program does in the background, so that it is the same after a restart. The work itself
-- is not here: a scan finds it in the status of each file.
CREATE TABLE jobs (
  id TEXT PRIMARY KEY, -- what, and on which drives: "hash:drv-…"
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  drive_ids TEXT NOT NULL, -- JSON
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'done', 'failed', 'cancelled')),
  done INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  bytes_done INTEGER NOT NULL DEFAULT 0,
  bytes_total INTEGER,
  error TEXT,
  started_at TEXT, -- ISO 8601, UTC
  updated_at TEXT NOT NULL,
  finished_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
