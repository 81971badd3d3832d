-- One title for one content, whichever peers hold it, and whoever waits for it.
ALTER TABLE titles ADD COLUMN content_hash TEXT; -- as a peer said; NULL until one has
ALTER TABLE titles ADD COLUMN described_by TEXT; -- the peer whose words "title" and "media" are
CREATE UNIQUE INDEX titles_by_content ON titles (content_hash) WHERE content_hash IS NOT NULL;

-- Made anew: an edge.db from before has triggers on it, which PostgreSQL cannot have, and which go
-- with their table.
CREATE TABLE replicas_anew (
  peer_id TEXT NOT NULL REFERENCES peers (peer_id) ON DELETE CASCADE,
  relative_path TEXT NOT NULL, -- as the peer wrote it
  catalog_id TEXT NOT NULL REFERENCES titles (catalog_id) ON DELETE CASCADE,
  announced INTEGER NOT NULL DEFAULT 0 CHECK (announced IN (0, 1)),
  -- What the peer calls it: another id than the title's until it has followed a remap, and of the
  -- second file of the same content, for a peer has one file for an id.
  peer_catalog_id TEXT NOT NULL,
  remapping INTEGER NOT NULL DEFAULT 0 CHECK (remapping IN (0, 1)), -- the peer was told to
  at_risk INTEGER NOT NULL DEFAULT 0 CHECK (at_risk IN (0, 1)), -- its drive is failing
  PRIMARY KEY (peer_id, relative_path)
);
INSERT INTO replicas_anew
  (peer_id, relative_path, catalog_id, announced, peer_catalog_id)
  SELECT peer_id, relative_path, catalog_id, announced, catalog_id FROM replicas;
DROP TABLE replicas;
ALTER TABLE replicas_anew RENAME TO replicas;
CREATE INDEX replicas_by_title ON replicas (catalog_id, announced);
CREATE INDEX replicas_by_peer ON replicas (peer_id, peer_catalog_id, announced);
CREATE INDEX replicas_remapping ON replicas (peer_id) WHERE remapping = 1;

-- Who waits for a title, or for any title with these words in it.
CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY, -- UUID
  owner TEXT NOT NULL, -- whoever asked: a user's id, or a service's name; empty if nobody said
  catalog_id TEXT, -- this, or "query"
  query TEXT, -- lower case: a part of the title
  created_at TEXT NOT NULL, -- ISO 8601, UTC
  expires_at TEXT NOT NULL,
  matched_at TEXT -- when it last matched
);
CREATE INDEX subscriptions_by_title ON subscriptions (catalog_id) WHERE catalog_id IS NOT NULL;
CREATE INDEX subscriptions_by_owner ON subscriptions (owner, id);
CREATE INDEX subscriptions_by_end ON subscriptions (expires_at);

-- What a subscription was told already.
CREATE TABLE subscription_matches (
  subscription_id TEXT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
  catalog_id TEXT NOT NULL,
  peer_id TEXT NOT NULL,
  PRIMARY KEY (subscription_id, catalog_id, peer_id)
);
