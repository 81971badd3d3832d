-- Who wants pictures of which title, until a peer has brought them or time is over.
CREATE TABLE screenshot_requests (
  request_id TEXT PRIMARY KEY, -- UUID
  catalog_id TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  requester TEXT NOT NULL, -- a service's name, or an account
  state TEXT NOT NULL CHECK (state IN ('pending', 'completed', 'failed')),
  reason TEXT, -- why the last attempt came to nothing
  created_at TEXT NOT NULL, -- ISO 8601, UTC
  expires_at INTEGER NOT NULL, -- milliseconds since 1970, as below
  attempts INTEGER NOT NULL DEFAULT 0,
  tried TEXT NOT NULL DEFAULT '[]', -- JSON: peers that were asked in this round
  peer_id TEXT, -- the last that was asked
  due_at INTEGER NOT NULL, -- until then it is with a peer, or waits for the next round
  busy INTEGER NOT NULL DEFAULT 0 CHECK (busy IN (0, 1)), -- with a peer
  ended_at INTEGER
);
CREATE INDEX screenshot_requests_pending ON screenshot_requests (created_at, request_id)
  WHERE state = 'pending';
CREATE INDEX screenshot_requests_ended ON screenshot_requests (ended_at)
  WHERE ended_at IS NOT NULL;

-- Each lets one peer upload once. The token itself is kept nowhere.
CREATE TABLE screenshot_tokens (
  token_id TEXT PRIMARY KEY, -- UUID
  request_id TEXT NOT NULL REFERENCES screenshot_requests (request_id) ON DELETE CASCADE,
  peer_id TEXT NOT NULL,
  used_at INTEGER
);
CREATE INDEX screenshot_tokens_by_request ON screenshot_tokens (request_id);

-- The pictures; their bytes are in a folder or in an object store, by hash.
CREATE TABLE screenshots (
  catalog_id TEXT NOT NULL,
  hash TEXT NOT NULL, -- SHA-256, hexadecimal
  extension TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  position INTEGER NOT NULL, -- in the upload
  created_at TEXT NOT NULL,
  used_at INTEGER NOT NULL, -- to the hour
  PRIMARY KEY (catalog_id, hash)
);
CREATE INDEX screenshots_by_hash ON screenshots (hash);
CREATE INDEX screenshots_by_use ON screenshots (used_at);

-- What signs tokens, the same for all edges of one state: made once.
CREATE TABLE screenshot_keys (
  algorithm TEXT PRIMARY KEY, -- 'HS256', 'EdDSA'
  secret TEXT NOT NULL -- JSON Web Key
);
