-- What each peer calls its file: who may not see others' copies finds and reads it by this alone.
ALTER TABLE replicas ADD COLUMN title TEXT; -- as the peer described it; NULL: as its path says
ALTER TABLE replicas ADD COLUMN sort_title TEXT NOT NULL DEFAULT ''; -- lower case
UPDATE replicas SET title = (SELECT titles.title FROM titles
  WHERE titles.catalog_id = replicas.catalog_id AND titles.described_by = replicas.peer_id);
UPDATE replicas SET sort_title = lower(COALESCE(title, relative_path));
CREATE INDEX replicas_by_name ON replicas (sort_title, catalog_id, peer_id, relative_path)
  WHERE announced = 1;

-- Whether what the peer says of content joins its files with others': it has joined this edge, or
-- runs on its machine. Of its present or last connection.
ALTER TABLE peers ADD COLUMN believed INTEGER NOT NULL DEFAULT 1 CHECK (believed IN (0, 1));
