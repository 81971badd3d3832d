-- What a film looks like: a few 64-bit perceptual hashes of its pictures, spread over its length.
CREATE TABLE fingerprints (
  media_id TEXT PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('video', 'image')),
  frames BLOB NOT NULL, -- 8 bytes each, big-endian
  duration_ms INTEGER,
  made_of TEXT NOT NULL, -- media.identity of the content
  made_at TEXT NOT NULL,
  compared INTEGER NOT NULL DEFAULT 0 -- 1: with all others, by a look for duplicates
) STRICT, WITHOUT ROWID;
CREATE INDEX fingerprints_by_length ON fingerprints (kind, duration_ms, media_id);
CREATE INDEX fingerprints_uncompared ON fingerprints (kind, duration_ms, media_id) WHERE compared = 0;

-- Which fingerprints are near each other; `one` is the smaller id.
CREATE TABLE similar_pairs (
  one TEXT NOT NULL REFERENCES media (id) ON DELETE CASCADE,
  other TEXT NOT NULL REFERENCES media (id) ON DELETE CASCADE,
  distance REAL NOT NULL, -- 0 the same, 1 nothing in common
  PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX similar_pairs_by_other ON similar_pairs (other);

-- Another content is compared anew.
CREATE TRIGGER fingerprint_changed AFTER UPDATE OF frames ON fingerprints BEGIN
  UPDATE fingerprints SET compared = 0 WHERE media_id = NEW.media_id;
  DELETE FROM similar_pairs WHERE one = NEW.media_id;
  DELETE FROM similar_pairs WHERE other = NEW.media_id;
END;
CREATE TRIGGER fingerprint_gone AFTER DELETE ON fingerprints BEGIN
  DELETE FROM similar_pairs WHERE one = OLD.media_id;
  DELETE FROM similar_pairs WHERE other = OLD.media_id;
END;

-- Files of one digest lie beside each other. No file is a copy by "oshash", which each new file has:
-- that is of its ends only.
DROP INDEX hashes_by_digest;
CREATE INDEX hashes_by_digest ON hashes (algorithm, digest, media_id) WHERE algorithm <> 'oshash';

-- Digests that a second file was found with since the last look for duplicates.
CREATE TABLE duplicate_news (
  algorithm TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (algorithm, digest)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER duplicate_hash AFTER INSERT ON hashes
WHEN NEW.algorithm <> 'oshash' AND EXISTS (SELECT 1 FROM hashes
  WHERE algorithm <> 'oshash' AND algorithm = NEW.algorithm AND digest = NEW.digest AND media_id <> NEW.media_id)
BEGIN
  INSERT OR IGNORE INTO duplicate_news VALUES (NEW.algorithm, NEW.digest);
END;

-- Files that are one film, as the last look found them.
CREATE TABLE duplicate_groups (
  id TEXT PRIMARY KEY, -- made of its kind and key, so it stays from look to look
  kind TEXT NOT NULL CHECK (kind IN ('exact', 'similar', 'title')),
  key TEXT NOT NULL, -- "algorithm:digest" that all have, the first file's id, or the title
  files INTEGER NOT NULL, -- that are here or offline
  reclaimable_bytes INTEGER NOT NULL, -- without the largest
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'dismissed', 'resolved')),
  version INTEGER NOT NULL DEFAULT 1,
  found_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Pages of each kind and state, which a list merges, and the sums of each: one index, for a look
-- writes many groups.
CREATE INDEX duplicate_groups_by_size
  ON duplicate_groups (kind, state, reclaimable_bytes DESC, id, files);
CREATE TABLE duplicate_members (
  group_id TEXT NOT NULL REFERENCES duplicate_groups (id) ON DELETE CASCADE,
  media_id TEXT NOT NULL REFERENCES media (id) ON DELETE CASCADE,
  distance REAL NOT NULL DEFAULT 0, -- to the keeper: 0 the same, 1 nothing in common
  PRIMARY KEY (group_id, media_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_members_by_media ON duplicate_members (media_id);

-- When each kind was last looked for.
CREATE TABLE duplicate_looks (
  kind TEXT PRIMARY KEY,
  looked_at TEXT NOT NULL -- ISO 8601, UTC
) STRICT, WITHOUT ROWID;

-- What was moved into the trash of its volume. A row that is "going" or "coming back" was cut off
-- in the middle: where its file is tells how it ended.
CREATE TABLE trash (
  id TEXT PRIMARY KEY,
  media_id TEXT REFERENCES media (id) ON DELETE SET NULL,
  media_status TEXT NOT NULL, -- what the file was before
  root TEXT NOT NULL,
  relative_path TEXT NOT NULL,
  trash_path TEXT NOT NULL, -- from the root, too
  size_bytes INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('going', 'kept', 'coming back')),
  why TEXT NOT NULL, -- for people
  trashed_at TEXT NOT NULL, -- ISO 8601, UTC
  UNIQUE (root, trash_path)
) STRICT, WITHOUT ROWID;
CREATE INDEX trash_by_time ON trash (trashed_at, id);
CREATE INDEX trash_by_media ON trash (media_id);
