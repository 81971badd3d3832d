-- Every play that this edge has allowed or refused; the newest ones only are kept.
CREATE TABLE grants (
  session_id TEXT PRIMARY KEY,
  viewer TEXT NOT NULL,
  catalog_id TEXT NOT NULL,
  peer_id TEXT NOT NULL,
  edge_id TEXT NOT NULL, -- the edge that has signed it
  issued_at TEXT NOT NULL, -- ISO 8601, UTC
  expires_at TEXT NOT NULL, -- of its last renewal
  renewals INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL, -- "playing", "ended", "refused", "expired", "revoked"
  reason TEXT,
  ended_at TEXT
);
CREATE INDEX grants_in_order ON grants (issued_at, session_id);
CREATE INDEX grants_playing ON grants (viewer, catalog_id, peer_id) WHERE state = 'playing';
