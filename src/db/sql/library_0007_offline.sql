-- On which volume a media file lies, and where in it: so it is the same file when its drive comes
-- back under another mount point. A file whose volume is away keeps its status, and all else.
ALTER TABLE media ADD COLUMN volume_id TEXT; -- or what else is mounted there: see src/drives/locate
ALTER TABLE media ADD COLUMN volume_path TEXT; -- from the volume's own root, always with "/"
ALTER TABLE media ADD COLUMN offline_since TEXT; -- ISO 8601, UTC; NULL while its volume is here

CREATE INDEX media_by_volume ON media (volume_id, volume_path) WHERE volume_id IS NOT NULL;
DROP INDEX media_by_status;
CREATE INDEX media_by_status ON media (status, drive_ids, offline_since);
DROP INDEX media_counts;
CREATE INDEX media_counts ON media (status, offline_since, size_bytes, error);

-- Which volumes have had files in a media folder, and in which folder of theirs: when one comes back
-- at another mount point, the media folder is there too.
CREATE TABLE media_folders (
  folder TEXT NOT NULL, -- as it is set, absolute, links resolved
  volume_id TEXT NOT NULL,
  volume_folder TEXT NOT NULL, -- "" for the volume's own root
  PRIMARY KEY (folder, volume_id)
) STRICT, WITHOUT ROWID;
