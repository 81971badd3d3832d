-- Hashes of whole files: asked of peers that say nothing of content by themselves, and of others
-- whose files are as long.
CREATE TABLE file_hashes (
  peer_id TEXT NOT NULL,
  relative_path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL, -- the file's when it was asked: of another size it is another file
  md5 TEXT, -- hexadecimal; NULL: the peer could not say
  asked_at INTEGER NOT NULL, -- milliseconds since 1970
  PRIMARY KEY (peer_id, relative_path),
  FOREIGN KEY (peer_id, relative_path) REFERENCES replicas (peer_id, relative_path)
    ON DELETE CASCADE
);
CREATE INDEX titles_by_size ON titles (size_bytes) WHERE holders > 0;
