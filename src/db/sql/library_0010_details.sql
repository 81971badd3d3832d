-- What is in a file, beyond its tracks. The columns are what a search asks for; the rest is JSON.
ALTER TABLE media ADD COLUMN bitrate INTEGER; -- bits per second, of the whole file
ALTER TABLE media ADD COLUMN video_codec TEXT; -- of the first video track: "avc", "hevc"
ALTER TABLE media ADD COLUMN audio_codec TEXT; -- of the default, else the first, audio track
ALTER TABLE media ADD COLUMN width INTEGER; -- as it is shown: turned, with square pixels
ALTER TABLE media ADD COLUMN height INTEGER;
ALTER TABLE media ADD COLUMN hdr TEXT; -- "HDR10", "HDR10+", "HLG", "Dolby Vision"; NULL: none
-- What name, file and NFO say that it is: {"title","year","season","episode","series",...} as JSON.
ALTER TABLE media ADD COLUMN facts TEXT;

CREATE TABLE media_details (
  media_id TEXT PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE,
  details TEXT NOT NULL -- JSON: chapters, tags, covers, sidecar files; see src/media/details.ts
) STRICT, WITHOUT ROWID;

-- Folders with media in them, as their subtitles and NFO files were when the files were looked into:
-- what is added, changed or taken away beside a film is noticed by these.
CREATE TABLE beside (
  root TEXT NOT NULL,
  folder TEXT NOT NULL, -- inside root, with "/"; "" is the root itself
  drive_ids TEXT NOT NULL, -- JSON, as those of its files
  seen TEXT NOT NULL, -- JSON: see src/media/sidecars/folder_state.ts
  PRIMARY KEY (root, folder)
) STRICT, WITHOUT ROWID;
