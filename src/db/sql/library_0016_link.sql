-- Commands of edges that were seen, so that one that comes again is not done twice.
CREATE TABLE link_commands (
  key TEXT PRIMARY KEY, -- digest of whose command it is, its request id and what it says
  seen_at INTEGER NOT NULL, -- milliseconds since 1970
  done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX link_commands_by_age ON link_commands (seen_at);

-- Answers to them: kept until the edge has them, and a while longer, to be said again.
CREATE TABLE link_answers (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL, -- of the command
  edge TEXT NOT NULL, -- whom it is for: a catalogue, or an address
  request_id TEXT NOT NULL,
  payload TEXT NOT NULL, -- JSON: {case, value}
  made_at INTEGER NOT NULL, -- milliseconds since 1970
  confirmed INTEGER NOT NULL DEFAULT 0 CHECK (confirmed IN (0, 1))
) STRICT;
CREATE INDEX link_answers_by_command ON link_answers (key);
CREATE INDEX link_answers_by_age ON link_answers (made_at);
CREATE INDEX link_answers_unconfirmed ON link_answers (edge, id) WHERE confirmed = 0;

-- What the link remembers of an edge: that all its files were described, for one.
CREATE TABLE link_facts (
  edge TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (edge, name)
) STRICT, WITHOUT ROWID;
