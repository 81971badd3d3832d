-- What peers were told to do, by whichever edge, until it is known what became of it.
CREATE TABLE commands (
  request_id TEXT PRIMARY KEY, -- the peer does a command once for each
  peer_id TEXT NOT NULL,
  type TEXT NOT NULL, -- 'file_delete', 'file_hash', 'file_remap', 'screenshot', 'announce'
  payload TEXT NOT NULL, -- JSON: the message
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0,
  owner TEXT NOT NULL, -- the edge that sees to it
  lease_until INTEGER NOT NULL, -- milliseconds since 1970: then another edge may take it over
  created_at TEXT NOT NULL, -- ISO 8601, UTC
  deadline_at INTEGER NOT NULL, -- milliseconds since 1970
  ended_at TEXT,
  answers TEXT, -- JSON: what the peer said
  reason TEXT -- why it is dead
);
CREATE INDEX commands_in_order ON commands (state, created_at, request_id);
CREATE INDEX commands_waiting ON commands (lease_until) WHERE state = 'waiting';

-- What the edges of one catalogue have in common: "catalogue" is its name.
CREATE TABLE edge_facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
