-- What the edge knows: peers it has seen, titles, and which peers hold them.
CREATE TABLE peers (
  peer_id TEXT PRIMARY KEY,
  connected_at TEXT NOT NULL, -- ISO 8601, UTC: when its last connection began
  last_seen_at TEXT NOT NULL,
  extensions TEXT NOT NULL DEFAULT '[]' -- JSON: what it said in its hello
);

CREATE TABLE titles (
  catalog_id TEXT PRIMARY KEY, -- UUID
  title TEXT NOT NULL,
  sort_title TEXT NOT NULL, -- lower case
  size_bytes INTEGER NOT NULL,
  media TEXT, -- JSON: see server/catalog_item.ts; NULL until a peer has described it
  added_at TEXT NOT NULL
);
CREATE INDEX titles_in_order ON titles (sort_title, catalog_id);

-- A file that a peer offered. It keeps its catalogue id for ever; whether the peer still has it
-- is what its last announcement says.
CREATE TABLE replicas (
  peer_id TEXT NOT NULL REFERENCES peers (peer_id) ON DELETE CASCADE,
  relative_path TEXT NOT NULL, -- as the peer wrote it
  catalog_id TEXT NOT NULL REFERENCES titles (catalog_id) ON DELETE CASCADE,
  announced INTEGER NOT NULL DEFAULT 0 CHECK (announced IN (0, 1)),
  PRIMARY KEY (peer_id, relative_path)
);
CREATE INDEX replicas_by_title ON replicas (catalog_id, announced);
CREATE INDEX replicas_by_peer ON replicas (peer_id, catalog_id, announced);
