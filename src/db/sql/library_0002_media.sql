-- Media files of this peer. One row per path; what is known of its content goes stale, and is
-- cleared, when size or modification time change.
CREATE TABLE media (
  id TEXT PRIMARY KEY, -- UUID
  root TEXT NOT NULL, -- the media folder, absolute, links resolved
  relative_path TEXT NOT NULL, -- inside root, always with "/"
  wire_path TEXT NOT NULL UNIQUE, -- relative_path as the edge sees it: unique over all roots
  size_bytes INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL, -- milliseconds since 1970
  drive_ids TEXT NOT NULL DEFAULT '[]', -- JSON: the physical drives that a read of it touches
  status TEXT NOT NULL CHECK (status IN ('new', 'probed', 'ready', 'unreadable', 'missing', 'forgotten')),
  error TEXT, -- what is wrong with it, in words
  container TEXT,
  mime_type TEXT,
  duration_ms INTEGER,
  tracks TEXT NOT NULL DEFAULT '[]', -- JSON: see src/media/media.ts
  title TEXT NOT NULL,
  catalog_id TEXT, -- what the edge calls it
  added_at TEXT NOT NULL, -- ISO 8601, UTC
  updated_at TEXT NOT NULL,
  UNIQUE (root, relative_path)
) STRICT;
CREATE INDEX media_by_status ON media (status, drive_ids);
CREATE INDEX media_counts ON media (status, size_bytes, error);
CREATE INDEX media_unoffered ON media (status) WHERE catalog_id IS NULL;
CREATE UNIQUE INDEX media_by_catalog_id ON media (catalog_id) WHERE catalog_id IS NOT NULL;

CREATE TABLE hashes (
  media_id TEXT NOT NULL REFERENCES media (id) ON DELETE CASCADE,
  algorithm TEXT NOT NULL,
  digest TEXT NOT NULL, -- lower-case hexadecimal
  PRIMARY KEY (media_id, algorithm)
) STRICT, WITHOUT ROWID;
CREATE INDEX hashes_by_digest ON hashes (digest);
