-- Pictures and texts that belong to an item. What was made here lies in the cache, and is made
-- again when it is wanted; what was found lies beside the film or in it.
CREATE TABLE assets (
  id TEXT PRIMARY KEY,
  item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  kind TEXT NOT NULL, -- poster, thumbnail, screenshot, sprite, subtitle, nfo, cover, ...
  label TEXT NOT NULL DEFAULT '', -- tells several of one kind apart: "320w.webp", "eng"
  origin TEXT NOT NULL CHECK (origin IN ('cache', 'file', 'embedded', 'upload')),
  path TEXT NOT NULL, -- in the folder of artwork, or from the media folder's root
  mime_type TEXT NOT NULL,
  width INTEGER,
  height INTEGER,
  size_bytes INTEGER NOT NULL DEFAULT 0,
  details TEXT NOT NULL DEFAULT '{}', -- JSON: time in the film, tiles of a sprite, language
  made_of TEXT, -- identity of the content that it was made of
  version INTEGER NOT NULL DEFAULT 1,
  generated_at TEXT NOT NULL,
  used_at TEXT NOT NULL,
  UNIQUE (item_id, kind, label)
) STRICT, WITHOUT ROWID;
-- The least used goes first; with the sizes, so that a start counts the cache by the index alone.
CREATE INDEX assets_by_use ON assets (used_at, id, size_bytes) WHERE origin = 'cache';
CREATE INDEX assets_by_kind ON assets (kind, id);
CREATE INDEX assets_uploaded ON assets (path) WHERE origin = 'upload';
CREATE INDEX assets_by_origin ON assets (origin, id);

-- Files whose pictures and fingerprint were made, or could not be, and of what content: so no file
-- is decoded twice for nothing, also when its pictures have left the cache since.
CREATE TABLE artwork (
  media_id TEXT PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE,
  made_of TEXT NOT NULL,
  error TEXT, -- why there are none, in words
  made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
