-- Settings that a person changed: they outrank the defaults, and yield to the environment and flags.
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL, -- as it would stand in the environment
  updated_at TEXT NOT NULL -- ISO 8601, UTC
) STRICT, WITHOUT ROWID;
