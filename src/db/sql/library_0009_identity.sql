-- By what a file is known again, wherever it lies: the file system's own number for it, and a hash
-- of its size and both its ends, which is read as soon as the file is found.
ALTER TABLE media ADD COLUMN kind TEXT; -- video, audio or image, by its extension
ALTER TABLE media ADD COLUMN inode TEXT; -- of its volume; NULL where that has none that stay
ALTER TABLE media ADD COLUMN identity TEXT; -- XXH3-128 of size, first and last 64 KiB; hexadecimal
ALTER TABLE media ADD COLUMN gone_since TEXT; -- not found with so many others that a person decides
ALTER TABLE media ADD COLUMN gone_kept INTEGER NOT NULL DEFAULT 0; -- a person has said: leave it so

-- Only what has been looked into is offered.
DROP INDEX media_unoffered;
CREATE INDEX media_unoffered ON media (status)
  WHERE catalog_id IS NULL AND status IN ('probed', 'ready');
CREATE INDEX media_by_identity ON media (identity) WHERE identity IS NOT NULL;
CREATE INDEX media_by_inode ON media (volume_id, inode) WHERE inode IS NOT NULL;
CREATE INDEX media_gone ON media (root) WHERE gone_since IS NOT NULL;
CREATE INDEX media_with_error ON media (error) WHERE error IS NOT NULL;

-- What a scan has found to be done with all files, so that the next one need not look at each.
CREATE TABLE scan_done (
  what TEXT PRIMARY KEY, -- "hashed", "settled <volume>"
  how TEXT NOT NULL -- JSON: the algorithms, where the volume shows
) STRICT, WITHOUT ROWID;
