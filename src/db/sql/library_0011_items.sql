-- What people say about media. An item is one film (episode, song, picture) as a person sees it;
-- the item of a file has the id of that file, and stays when the file goes.
CREATE TABLE items (
  seq INTEGER PRIMARY KEY, -- for the search index
  id TEXT NOT NULL UNIQUE,
  media_id TEXT UNIQUE REFERENCES media (id) ON DELETE SET NULL, -- NULL: not here (any more)
  kind TEXT NOT NULL DEFAULT 'video' CHECK (kind IN ('video', 'audio', 'image')),
  title TEXT NOT NULL,
  sort_title TEXT NOT NULL, -- lower case, without a leading article
  original_title TEXT,
  series TEXT, -- its name; season and episode are numbers in it
  season INTEGER,
  episode INTEGER,
  year INTEGER,
  description TEXT,
  source TEXT, -- where it comes from, in the words of its owner
  language TEXT, -- ISO 639-2
  custom TEXT NOT NULL DEFAULT '{}', -- JSON: values of the custom fields
  own TEXT NOT NULL DEFAULT '[]', -- JSON: the fields that a person has set: no scan changes them
  version INTEGER NOT NULL DEFAULT 1, -- one more with each edit: its ETag
  deleted_at TEXT, -- ISO 8601, UTC
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
-- Pages in each order that a list can have; a list of all kinds merges those of each.
CREATE INDEX items_by_kind ON items (kind, seq);
CREATE INDEX items_by_kind_title ON items (kind, sort_title, seq);
CREATE INDEX items_by_kind_year ON items (kind, ifnull(year, 0), seq);
CREATE INDEX items_by_series ON items (series, season, episode) WHERE series IS NOT NULL;

-- Each file has its item from the first moment on; mostly nothing is known of it but its name.
CREATE TRIGGER media_item AFTER INSERT ON media BEGIN
  INSERT OR IGNORE INTO items (id, media_id, kind, title, sort_title, original_title, series, season,
    episode, year, description, created_at, updated_at)
  VALUES (NEW.id, NEW.id, ifnull(NEW.kind, 'video'), ifnull(NEW.facts ->> 'title', NEW.title),
    coalesce(NEW.facts ->> 'sort_title', lower(NEW.facts ->> 'title'), CASE
      WHEN NEW.title LIKE 'the _%' THEN lower(substr(NEW.title, 5))
      WHEN NEW.title LIKE 'an _%' THEN lower(substr(NEW.title, 4))
      WHEN NEW.title LIKE 'a _%' THEN lower(substr(NEW.title, 3))
      ELSE lower(NEW.title) END),
    NEW.facts ->> 'original_title', NEW.facts ->> 'series', NEW.facts ->> 'season',
    NEW.facts ->> 'episode', NEW.facts ->> 'year', NEW.facts ->> 'description',
    NEW.added_at, NEW.added_at);
END;
INSERT INTO items (id, media_id, title, sort_title, created_at, updated_at)
  SELECT id, id, title, lower(title), added_at, added_at FROM media;

-- What a scan learns of the film goes to its item, but for what a person has said. Most files have a
-- title alone: the indices by year and by series are written only where these are others.
CREATE TRIGGER media_facts AFTER UPDATE OF facts ON media
WHEN NEW.facts IS NOT OLD.facts AND NEW.facts IS NOT NULL BEGIN
  UPDATE items SET
    series = CASE WHEN instr(own, '"series"') THEN series ELSE NEW.facts ->> 'series' END,
    season = CASE WHEN instr(own, '"season"') THEN season ELSE NEW.facts ->> 'season' END,
    episode = CASE WHEN instr(own, '"episode"') THEN episode ELSE NEW.facts ->> 'episode' END,
    year = CASE WHEN instr(own, '"year"') THEN year ELSE NEW.facts ->> 'year' END
  WHERE media_id = NEW.id AND (year IS NOT NEW.facts ->> 'year'
    OR series IS NOT NEW.facts ->> 'series' OR season IS NOT NEW.facts ->> 'season'
    OR episode IS NOT NEW.facts ->> 'episode');
  UPDATE items SET
    title = CASE WHEN instr(own, '"title"') THEN title ELSE ifnull(NEW.facts ->> 'title', title) END,
    sort_title = CASE WHEN instr(own, '"title"') THEN sort_title
      ELSE ifnull(NEW.facts ->> 'sort_title', ifnull(lower(NEW.facts ->> 'title'), sort_title)) END,
    original_title = CASE WHEN instr(own, '"original_title"') THEN original_title
      ELSE NEW.facts ->> 'original_title' END,
    description = CASE WHEN instr(own, '"description"') THEN description
      ELSE NEW.facts ->> 'description' END
  WHERE media_id = NEW.id AND (title IS NOT NEW.facts ->> 'title'
    OR sort_title IS NOT ifnull(NEW.facts ->> 'sort_title', lower(NEW.facts ->> 'title'))
    OR original_title IS NOT NEW.facts ->> 'original_title'
    OR description IS NOT NEW.facts ->> 'description');
END;
-- A look into the file may tell its kind better than its name.
CREATE TRIGGER media_kind AFTER UPDATE OF kind ON media
WHEN NEW.kind IS NOT OLD.kind AND NEW.kind IS NOT NULL BEGIN
  UPDATE items SET kind = NEW.kind WHERE media_id = NEW.id AND NOT instr(own, '"kind"');
END;
-- A file that was thrown away takes its item out of the lists; it is back, by whatever way and name.
CREATE TRIGGER media_returned AFTER UPDATE OF status ON media
WHEN OLD.status = 'missing' AND NEW.status NOT IN ('missing', 'forgotten') BEGIN
  UPDATE items SET deleted_at = NULL, version = version + 1,
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ')
  WHERE media_id = NEW.id AND deleted_at IS NOT NULL;
END;
-- What a scan has changed is another version too: an edit names the version that it was made from.
CREATE TRIGGER items_learnt AFTER UPDATE OF title, kind, original_title, series, season, episode, year,
  description ON items
WHEN NEW.version = OLD.version AND NEW.updated_at = OLD.updated_at AND (
  NEW.title IS NOT OLD.title OR NEW.kind IS NOT OLD.kind OR NEW.original_title IS NOT OLD.original_title OR
  NEW.series IS NOT OLD.series OR NEW.season IS NOT OLD.season OR
  NEW.episode IS NOT OLD.episode OR NEW.year IS NOT OLD.year OR
  NEW.description IS NOT OLD.description)
BEGIN
  UPDATE items SET version = version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ')
  WHERE seq = NEW.seq;
END;

CREATE TABLE tag_groups (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE, -- slug
  name TEXT NOT NULL,
  cardinality TEXT NOT NULL DEFAULT 'many' CHECK (cardinality IN ('one', 'many')), -- tags per item
  description TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
  id TEXT PRIMARY KEY,
  parent_id TEXT REFERENCES tags (id) ON DELETE RESTRICT,
  group_id TEXT REFERENCES tag_groups (id) ON DELETE SET NULL, -- of the whole branch
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  path TEXT NOT NULL UNIQUE, -- slugs from the root on, joined by "/"
  depth INTEGER NOT NULL, -- 0 at the root
  description TEXT,
  items INTEGER NOT NULL DEFAULT 0, -- how many have this very tag: counted by triggers
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_parent ON tags (parent_id, slug);
CREATE INDEX tags_by_slug ON tags (slug);
CREATE INDEX tags_counts ON tags (path, items); -- a branch is counted without its rows
CREATE INDEX tags_by_group ON tags (group_id) WHERE group_id IS NOT NULL;

-- At most one row: a branch that has moved, while the paths below it are rewritten a few at a time.
-- Until that is done a path below from_path stands for one below to_path; see src/items/tags/.
CREATE TABLE tag_rewrites (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  from_path TEXT NOT NULL,
  to_path TEXT NOT NULL,
  depth_change INTEGER NOT NULL
) STRICT;

CREATE TABLE tag_synonyms (
  slug TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  tag_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_synonyms_by_tag ON tag_synonyms (tag_id);

CREATE TABLE item_tags (
  item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  tag_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  PRIMARY KEY (item_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_tags_by_tag ON item_tags (tag_id, item_id);
CREATE TRIGGER item_tags_more AFTER INSERT ON item_tags BEGIN
  UPDATE tags SET items = items + 1 WHERE id = NEW.tag_id;
END;
CREATE TRIGGER item_tags_less AFTER DELETE ON item_tags BEGIN
  UPDATE tags SET items = items - 1 WHERE id = OLD.tag_id;
END;

CREATE TABLE people (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  normalized_name TEXT NOT NULL, -- lower case, single spaces, no accents
  notes TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX people_by_name ON people (normalized_name, id);

CREATE TABLE person_aliases (
  normalized TEXT PRIMARY KEY, -- one alias names one person
  alias TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX person_aliases_by_person ON person_aliases (person_id);

-- The words of names and aliases, for a search by how any of them begins.
CREATE TABLE person_words (
  word TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  PRIMARY KEY (word, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_words_by_person ON person_words (person_id);

CREATE TABLE item_people (
  item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  role TEXT NOT NULL DEFAULT 'actor', -- actor, director, writer, ...
  credited_as TEXT, -- the part that is played, or the name in the credits
  position INTEGER NOT NULL DEFAULT 0, -- in the credits
  PRIMARY KEY (item_id, person_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_people_by_person ON item_people (person_id, item_id);

-- Half stars: 1 to 10 stand for 0.5 to 5.
CREATE TABLE ratings (
  item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  user TEXT NOT NULL,
  halves INTEGER NOT NULL CHECK (halves BETWEEN 1 AND 10),
  version INTEGER NOT NULL DEFAULT 1,
  rated_at TEXT NOT NULL,
  PRIMARY KEY (item_id, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX ratings_by_halves ON ratings (user, halves);
CREATE TABLE rating_history (
  id INTEGER PRIMARY KEY,
  item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  user TEXT NOT NULL,
  halves INTEGER, -- NULL: taken back
  rated_at TEXT NOT NULL
) STRICT;
CREATE INDEX rating_history_by_item ON rating_history (item_id, user);
CREATE INDEX ratings_by_time ON ratings (user, rated_at, item_id);

CREATE TABLE collections (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL DEFAULT 'collection' CHECK (kind IN ('collection', 'series')),
  name TEXT NOT NULL,
  description TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE collection_items (
  collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  position REAL NOT NULL, -- between its neighbours'
  PRIMARY KEY (collection_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_items_by_position ON collection_items (collection_id, position);
CREATE INDEX collection_items_by_item ON collection_items (item_id);

-- What one person has seen, by content: it follows the film to another file, name or drive.
CREATE TABLE watch_states (
  user TEXT NOT NULL,
  content_key TEXT NOT NULL, -- media.identity, or "item:<id>" of an item without a file
  position_ms INTEGER NOT NULL DEFAULT 0,
  plays INTEGER NOT NULL DEFAULT 0,
  watched INTEGER NOT NULL DEFAULT 0, -- 0 or 1
  favorite INTEGER NOT NULL DEFAULT 0, -- 0 or 1
  last_played_at TEXT,
  sessions TEXT NOT NULL DEFAULT '[]', -- JSON: the last that were counted as plays
  version INTEGER NOT NULL DEFAULT 1,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (user, content_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_states_by_key ON watch_states (content_key);
CREATE INDEX watch_states_begun ON watch_states (user, last_played_at, content_key)
  WHERE position_ms > 0;
CREATE INDEX watch_states_favorite ON watch_states (user, content_key) WHERE favorite = 1;
CREATE INDEX watch_states_watched ON watch_states (user, content_key) WHERE watched = 1;

-- A file's content has a name now, has lost it (the file was edited), or has another: what was kept
-- under the name before is carried over. Of two states the one written last holds; an old content's
-- state stays where it is, for it may lie elsewhere too.
CREATE TRIGGER media_content AFTER UPDATE OF identity ON media
WHEN NEW.identity IS NOT OLD.identity BEGIN
  INSERT INTO watch_states
    SELECT user, ifnull(NEW.identity, 'item:' || NEW.id), position_ms, plays, watched, favorite,
      last_played_at, sessions, version, updated_at
    FROM watch_states WHERE content_key = ifnull(OLD.identity, 'item:' || OLD.id)
    ON CONFLICT (user, content_key) DO UPDATE SET
      position_ms = iif(excluded.updated_at > updated_at, excluded.position_ms, position_ms),
      watched = iif(excluded.updated_at > updated_at, excluded.watched, watched),
      favorite = iif(excluded.updated_at > updated_at, excluded.favorite, favorite),
      plays = max(plays, excluded.plays),
      last_played_at = nullif(max(ifnull(last_played_at, ''), ifnull(excluded.last_played_at, '')), ''),
      sessions = iif(excluded.updated_at > updated_at, excluded.sessions, sessions),
      version = max(version, excluded.version) + 1,
      updated_at = max(updated_at, excluded.updated_at);
  DELETE FROM watch_states WHERE OLD.identity IS NULL AND content_key = 'item:' || OLD.id;
END;

CREATE TABLE notes (
  id TEXT PRIMARY KEY,
  item_id TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  user TEXT NOT NULL,
  text TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notes_by_item ON notes (item_id, created_at, id);

CREATE TABLE custom_fields (
  key TEXT PRIMARY KEY, -- slug
  name TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('text', 'number', 'date', 'yes_no', 'choice')),
  choices TEXT NOT NULL DEFAULT '[]', -- JSON
  version INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who changed what, and when; what one request did is one batch, and can be undone as one.
CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  batch TEXT NOT NULL,
  user TEXT NOT NULL,
  at TEXT NOT NULL,
  entity TEXT NOT NULL, -- "item", "tag", ...
  entity_id TEXT NOT NULL,
  before TEXT, -- JSON; NULL: it was made
  after TEXT, -- JSON; NULL: it was deleted
  undone_by TEXT -- the batch that took it back
) STRICT;
-- Each gives its changes in order of their ids.
CREATE INDEX changes_by_batch ON changes (batch);
CREATE INDEX changes_by_kind ON changes (entity);
CREATE INDEX changes_by_entity ON changes (entity, entity_id);
CREATE INDEX changes_by_user ON changes (user);
CREATE INDEX changes_by_undo ON changes (undone_by) WHERE undone_by IS NOT NULL;

-- NFO files that a scan has found, and whose tags and people the items do not have yet.
CREATE TABLE nfo_waiting (
  media_id TEXT PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE nfo_taken (
  media_id TEXT PRIMARY KEY REFERENCES media (id) ON DELETE CASCADE,
  modified_ms INTEGER NOT NULL -- of the NFO that was taken
) STRICT, WITHOUT ROWID;
CREATE TRIGGER media_details_nfo AFTER INSERT ON media_details
WHEN NEW.details ->> '$.nfo' IS NOT NULL BEGIN
  INSERT OR IGNORE INTO nfo_waiting VALUES (NEW.media_id);
END;
CREATE TRIGGER media_details_nfo_again AFTER UPDATE OF details ON media_details
WHEN NEW.details ->> '$.nfo' IS NOT NULL BEGIN
  INSERT OR IGNORE INTO nfo_waiting VALUES (NEW.media_id);
END;

-- How far an import has come: it goes on after the last line that is wholly in.
CREATE TABLE imports (
  id TEXT PRIMARY KEY, -- of the export: its header names it
  lines INTEGER NOT NULL,
  counts TEXT NOT NULL, -- JSON
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Lines of an import about films that are not here: they are taken when a scan finds the film.
CREATE TABLE import_waiting (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE, -- of the item in its export
  identity TEXT, -- as media.identity
  path TEXT NOT NULL, -- as media.relative_path
  size_bytes INTEGER NOT NULL,
  policy TEXT NOT NULL CHECK (policy IN ('keep', 'overwrite')),
  line TEXT NOT NULL -- JSON
) STRICT;
