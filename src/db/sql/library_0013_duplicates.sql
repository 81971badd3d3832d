-- What a film looks like: a few 64-bit perceptual hashes of its pictures, spread over its length.
CREATE TABLE fingerprints (
  media_id TEXT PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('video', 'image')),
  frames BLOB NOT NULL, -- 8 bytes each, big-endian
  duration_ms INTEGER,
  made_of TEXT NOT NULL, -- media.identity of the content
  made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Files that are one film, as the last look found them.
CREATE TABLE duplicate_groups (
  id TEXT PRIMARY KEY, -- made of its kind and key, so it stays from look to look
  kind TEXT NOT NULL CHECK (kind IN ('exact', 'similar', 'title')),
  key TEXT NOT NULL, -- digest, or the title
  files INTEGER NOT NULL,
  reclaimable_bytes INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'dismissed', 'resolved')),
  version INTEGER NOT NULL DEFAULT 1,
  found_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_groups_by_size ON duplicate_groups (state, reclaimable_bytes);
CREATE TABLE duplicate_members (
  group_id TEXT NOT NULL REFERENCES duplicate_groups (id) ON DELETE CASCADE,
  media_id TEXT NOT NULL REFERENCES media (id) ON DELETE CASCADE,
  distance REAL NOT NULL DEFAULT 0, -- to the keeper: 0 the same, 1 nothing in common
  PRIMARY KEY (group_id, media_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_members_by_media ON duplicate_members (media_id);
