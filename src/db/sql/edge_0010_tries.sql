-- Who has tried to sign in lately and failed: at any of the edges that share this.
CREATE TABLE sign_in_tries (
  key TEXT PRIMARY KEY, -- "address " and a network, or "account " and a part of a hash
  failures INTEGER NOT NULL,
  tried_at INTEGER NOT NULL, -- milliseconds since 1970, as the next
  until_at INTEGER NOT NULL -- too early before
);
CREATE INDEX sign_in_tries_by_time ON sign_in_tries (tried_at);
