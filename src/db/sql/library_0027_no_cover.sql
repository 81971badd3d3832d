-- Files without a cover in them: the programs that look for one are not begun for each who asks.
CREATE TABLE no_cover (
  media_id TEXT PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE,
  made_of TEXT NOT NULL, -- the content that was looked at
  looked_by TEXT NOT NULL -- the ffmpeg that has looked
) STRICT, WITHOUT ROWID;
