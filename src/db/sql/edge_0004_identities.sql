-- Who the peers are: the key that a peer id belongs to, and who may not come back.
CREATE TABLE identities (
  peer_id TEXT PRIMARY KEY,
  public_key TEXT, -- Ed25519, 32 bytes in base64url; NULL: it was revoked, and never had one
  fingerprint TEXT, -- SHA-256 of its SubjectPublicKeyInfo, hexadecimal
  origin TEXT, -- 'pin': it joined with one; 'seen': kept when it first came, where that is allowed
  enrolled_at TEXT, -- ISO 8601, UTC
  revoked_at TEXT
);
CREATE INDEX identities_by_fingerprint ON identities (fingerprint);
CREATE INDEX identities_revoked ON identities (revoked_at) WHERE revoked_at IS NOT NULL;

-- Invitations: each lets in one peer, with one PIN, once.
CREATE TABLE enrolments (
  enrolment_id TEXT PRIMARY KEY, -- UUID
  selector TEXT NOT NULL, -- the first digits of the PIN, said openly
  edge_fingerprint TEXT NOT NULL, -- the edge that made it: its key is in the secret
  secret TEXT NOT NULL, -- scrypt of the PIN, hexadecimal; '' once it is used or over
  attempts INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT,
  used_by TEXT -- peer id
);
CREATE INDEX enrolments_open ON enrolments (edge_fingerprint, selector) WHERE used_at IS NULL;
