-- The search index over items, filled in the background from the list of those that have changed.
CREATE VIRTUAL TABLE item_search USING fts5 (
  title, people, tags, notes, path,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
CREATE TABLE search_dirty (seq INTEGER PRIMARY KEY) STRICT; -- items.seq

CREATE TABLE saved_searches (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  query TEXT NOT NULL,
  sort TEXT NOT NULL DEFAULT '',
  version INTEGER NOT NULL DEFAULT 1,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
