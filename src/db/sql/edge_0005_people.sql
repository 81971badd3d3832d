-- Who may use this edge, by what proof, and what they may see. No secret is kept, only hashes.
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE, -- by which they sign in: NFKC, lower case
  role TEXT NOT NULL CHECK (role IN ('owner', 'member', 'guest')),
  password_hash TEXT, -- scrypt with its parameters; NULL: by passkey only
  library_user TEXT NOT NULL UNIQUE, -- whose ratings and places in films are theirs
  created_at TEXT NOT NULL,
  disabled_at TEXT,
  last_login_at TEXT,
  version INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX users_by_role ON users (role);

-- One sign-in: a family of access and refresh tokens, of which the last generation is in use.
CREATE TABLE user_sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  generation INTEGER NOT NULL,
  rotated_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT NOT NULL,
  address TEXT,
  agent TEXT, -- as the browser calls itself
  how TEXT NOT NULL, -- password, passkey, invitation, setup
  ended_at TEXT,
  end_reason TEXT
);
CREATE INDEX user_sessions_by_user ON user_sessions (user_id, created_at);
CREATE INDEX user_sessions_by_end ON user_sessions (expires_at);

CREATE TABLE user_session_tokens (
  hash TEXT PRIMARY KEY, -- SHA-256, hexadecimal
  session_id TEXT NOT NULL REFERENCES user_sessions (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
  generation INTEGER NOT NULL,
  expires_at TEXT NOT NULL
);
CREATE INDEX user_session_tokens_by_session
  ON user_session_tokens (session_id, kind, generation);

CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL, -- JSON
  created_at TEXT NOT NULL,
  expires_at TEXT,
  used_at TEXT -- to the minute
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, created_at);

-- Links that make an account; the one of the first start ("setup") makes the owner's.
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('invitation', 'setup')),
  hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  note TEXT NOT NULL,
  shares TEXT NOT NULL, -- JSON: rules that the new account begins with
  uses INTEGER NOT NULL,
  uses_left INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT
);
CREATE INDEX invitations_in_order ON invitations (created_at, id);

CREATE TABLE sharing_rules (
  id TEXT PRIMARY KEY,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE, -- NULL: everybody of the role
  role TEXT, -- NULL: the one user
  effect TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
  action TEXT NOT NULL CHECK (action IN ('see', 'play')),
  kind TEXT NOT NULL CHECK (kind IN ('all', 'peer', 'tag', 'title')),
  value TEXT NOT NULL, -- peer id, path of the tag, catalogue id
  note TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT
);
CREATE INDEX sharing_rules_by_user ON sharing_rules (user_id);
CREATE INDEX sharing_rules_by_role ON sharing_rules (role);
CREATE INDEX sharing_rules_in_order ON sharing_rules (created_at, id);

CREATE TABLE passkeys (
  id TEXT PRIMARY KEY, -- the credential's own, base64url
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  public_key BLOB NOT NULL, -- COSE
  counter INTEGER NOT NULL,
  transports TEXT NOT NULL, -- JSON
  backed_up INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  used_at TEXT
);
CREATE INDEX passkeys_by_user ON passkeys (user_id, created_at);

CREATE TABLE passkey_challenges (
  id TEXT PRIMARY KEY,
  challenge TEXT NOT NULL,
  user_id TEXT, -- who registers; NULL: somebody signs in
  expires_at TEXT NOT NULL
);
CREATE INDEX passkey_challenges_by_end ON passkey_challenges (expires_at);

CREATE TABLE audit_log (
  id TEXT PRIMARY KEY, -- in the order of time
  at TEXT NOT NULL,
  actor TEXT NOT NULL, -- id of a user; "local", "key", "nobody"
  actor_name TEXT NOT NULL,
  address TEXT,
  action TEXT NOT NULL,
  target TEXT,
  details TEXT NOT NULL -- JSON
);
CREATE INDEX audit_log_by_actor ON audit_log (actor, id);
