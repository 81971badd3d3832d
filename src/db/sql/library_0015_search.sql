-- The search index over items, filled in the background from what has changed. The words are not
-- kept (content = ''); src/items/search/index/ makes them anew from the items when they change.
-- The last column has one word for each thing that is asked for by a filter: codec, tag, person, ...
-- It begins with a character that no text has (U+E000), so that both kinds are found by one question.
CREATE VIRTUAL TABLE item_search USING fts5 (
  title, people, tags, notes, path, facts,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);

-- What is compared, sorted and counted, as narrow as can be: one row for each item in item_search.
CREATE TABLE item_facts (
  seq INTEGER PRIMARY KEY, -- items.seq
  item_id TEXT NOT NULL,
  media_id TEXT,
  content_key TEXT NOT NULL, -- as in watch_states
  title_key TEXT NOT NULL, -- sort title, lower case, no accents
  series TEXT,
  kind TEXT NOT NULL,
  year INTEGER NOT NULL, -- 0 here and below: not known
  season INTEGER NOT NULL,
  episode INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  bitrate INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  resolution TEXT NOT NULL, -- "1080p"; see src/items/search/index/words.ts
  video_codec TEXT NOT NULL,
  audio_codec TEXT NOT NULL,
  hdr TEXT NOT NULL,
  drive_ids TEXT NOT NULL,
  volume_id TEXT NOT NULL,
  added_at TEXT NOT NULL
) STRICT;
CREATE INDEX item_facts_by_title ON item_facts (title_key, seq);
CREATE INDEX item_facts_by_year ON item_facts (year, seq);
CREATE INDEX item_facts_by_duration ON item_facts (duration_ms, seq);
CREATE INDEX item_facts_by_size ON item_facts (size_bytes, seq);
CREATE INDEX item_facts_by_content ON item_facts (content_key); -- from watch_states
CREATE INDEX item_facts_shuffled ON item_facts ((seq * 2654435761 & 4294967295), seq);

-- On which volumes files are offline: when one is away, all of its files are. And the files of one
-- status in the order of their ids.
CREATE INDEX media_offline_volumes ON media (volume_id) WHERE offline_since IS NOT NULL;
CREATE INDEX media_by_status_id ON media (status, id, offline_since);

-- How many files there are in each state: always at hand, where to count a million takes a while.
CREATE TABLE media_tally (
  status TEXT NOT NULL,
  is_offline INTEGER NOT NULL, -- offline_since is set
  files INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  PRIMARY KEY (status, is_offline)
) STRICT, WITHOUT ROWID;
-- All rows are there, so that to count is one update.
INSERT INTO media_tally SELECT statuses.value, offline.value, 0, 0, 0
  FROM json_each('["new", "probed", "ready", "unreadable", "missing", "forgotten"]') statuses,
    json_each('[0, 1]') offline;
INSERT OR REPLACE INTO media_tally
  SELECT status, offline_since IS NOT NULL, count(*), sum(size_bytes), count(error)
  FROM media GROUP BY 1, 2;
DROP INDEX media_counts; -- it was for this alone
CREATE TRIGGER media_tally_new AFTER INSERT ON media BEGIN
  UPDATE media_tally SET files = files + 1, bytes = bytes + NEW.size_bytes,
      errors = errors + (NEW.error IS NOT NULL)
    WHERE status = NEW.status AND is_offline = (NEW.offline_since IS NOT NULL);
END;
CREATE TRIGGER media_tally_gone AFTER DELETE ON media BEGIN
  UPDATE media_tally SET files = files - 1, bytes = bytes - OLD.size_bytes,
      errors = errors - (OLD.error IS NOT NULL)
    WHERE status = OLD.status AND is_offline = (OLD.offline_since IS NOT NULL);
END;
CREATE TRIGGER media_tally_changed AFTER UPDATE OF status, offline_since, size_bytes, error ON media
WHEN NEW.status <> OLD.status OR (NEW.offline_since IS NULL) <> (OLD.offline_since IS NULL)
  OR NEW.size_bytes <> OLD.size_bytes OR (NEW.error IS NULL) <> (OLD.error IS NULL) BEGIN
  UPDATE media_tally SET files = files - 1, bytes = bytes - OLD.size_bytes,
      errors = errors - (OLD.error IS NOT NULL)
    WHERE status = OLD.status AND is_offline = (OLD.offline_since IS NOT NULL);
  UPDATE media_tally SET files = files + 1, bytes = bytes + NEW.size_bytes,
      errors = errors + (NEW.error IS NOT NULL)
    WHERE status = NEW.status AND is_offline = (NEW.offline_since IS NOT NULL);
END;

-- Items up to mark are in the index, but for those in search_dirty; those after it are not yet.
-- So a scan pays nothing for the search when it finds a file.
CREATE TABLE search_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  mark INTEGER NOT NULL,
  tags_version INTEGER NOT NULL -- another one whenever a tag has another name or place
) STRICT;
INSERT INTO search_state VALUES (1, 0, 0);
CREATE TABLE search_dirty (seq INTEGER PRIMARY KEY) STRICT; -- items.seq
-- Tags and people whose items are dirty, and up to which item that has been noted.
CREATE TABLE search_dirty_all (
  kind TEXT NOT NULL CHECK (kind IN ('tag', 'person')),
  id TEXT NOT NULL,
  after TEXT NOT NULL DEFAULT '', -- item_id
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- A number that was an item's before comes again only after the last one was deleted for good.
CREATE TRIGGER search_item_new AFTER INSERT ON items
WHEN NEW.seq <= (SELECT mark FROM search_state) BEGIN
  INSERT OR IGNORE INTO search_dirty VALUES (NEW.seq);
END;
-- What is written as it was before is no change.
CREATE TRIGGER search_item_changed AFTER UPDATE OF media_id, kind, title, sort_title, original_title,
  series, season, episode, year, language, custom, deleted_at ON items
WHEN NEW.seq <= (SELECT mark FROM search_state) AND (
  NEW.media_id IS NOT OLD.media_id OR NEW.kind IS NOT OLD.kind OR NEW.title IS NOT OLD.title OR
  NEW.sort_title IS NOT OLD.sort_title OR NEW.original_title IS NOT OLD.original_title OR
  NEW.series IS NOT OLD.series OR NEW.season IS NOT OLD.season OR
  NEW.episode IS NOT OLD.episode OR NEW.year IS NOT OLD.year OR
  NEW.language IS NOT OLD.language OR NEW.custom IS NOT OLD.custom OR
  NEW.deleted_at IS NOT OLD.deleted_at)
BEGIN
  INSERT OR IGNORE INTO search_dirty VALUES (NEW.seq);
END;
CREATE TRIGGER search_item_gone AFTER DELETE ON items BEGIN
  INSERT OR IGNORE INTO search_dirty VALUES (OLD.seq);
  DELETE FROM search_ratings WHERE seq = OLD.seq;
END;
CREATE TRIGGER search_media_changed AFTER UPDATE OF relative_path, size_bytes, drive_ids, volume_id,
  identity, duration_ms, bitrate, video_codec, audio_codec, width, height, hdr, tracks ON media WHEN
  NEW.relative_path IS NOT OLD.relative_path OR NEW.size_bytes IS NOT OLD.size_bytes OR
  NEW.drive_ids IS NOT OLD.drive_ids OR NEW.volume_id IS NOT OLD.volume_id OR
  NEW.identity IS NOT OLD.identity OR NEW.duration_ms IS NOT OLD.duration_ms OR
  NEW.bitrate IS NOT OLD.bitrate OR NEW.video_codec IS NOT OLD.video_codec OR
  NEW.audio_codec IS NOT OLD.audio_codec OR NEW.width IS NOT OLD.width OR
  NEW.height IS NOT OLD.height OR NEW.hdr IS NOT OLD.hdr OR NEW.tracks IS NOT OLD.tracks
BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE media_id = NEW.id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_media_state AFTER UPDATE OF status, error ON media
WHEN (NEW.error IS NULL) <> (OLD.error IS NULL) OR NEW.status <> OLD.status
  AND (NEW.status IN ('missing', 'forgotten') OR OLD.status IN ('missing', 'forgotten'))
BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE media_id = NEW.id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_details_new AFTER INSERT ON media_details BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE media_id = NEW.media_id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_details_changed AFTER UPDATE OF details ON media_details BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE media_id = NEW.media_id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_tagged AFTER INSERT ON item_tags BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE id = NEW.item_id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_untagged AFTER DELETE ON item_tags BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE id = OLD.item_id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_credited AFTER INSERT ON item_people BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE id = NEW.item_id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_credit_changed AFTER UPDATE ON item_people BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE id = NEW.item_id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_uncredited AFTER DELETE ON item_people BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE id = OLD.item_id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_noted AFTER INSERT ON notes BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE id = NEW.item_id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_note_changed AFTER UPDATE OF text ON notes BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE id = NEW.item_id AND seq <= (SELECT mark FROM search_state);
END;
CREATE TRIGGER search_note_gone AFTER DELETE ON notes BEGIN
  INSERT OR IGNORE INTO search_dirty SELECT seq FROM items
    WHERE id = OLD.item_id AND seq <= (SELECT mark FROM search_state);
END;
-- Of a tag or a person that many have, the items are noted a few at a time, in the background.
CREATE TRIGGER search_tag_changed AFTER UPDATE OF name, path, parent_id ON tags BEGIN
  UPDATE search_state SET tags_version = tags_version + 1;
  INSERT OR REPLACE INTO search_dirty_all VALUES ('tag', NEW.id, '');
END;
CREATE TRIGGER search_synonym_new AFTER INSERT ON tag_synonyms BEGIN
  UPDATE search_state SET tags_version = tags_version + 1;
  INSERT OR REPLACE INTO search_dirty_all SELECT 'tag', id, '' FROM tags
    WHERE id = NEW.tag_id OR path >= (SELECT path || '/' FROM tags WHERE id = NEW.tag_id)
      AND path < (SELECT path || '0' FROM tags WHERE id = NEW.tag_id);
END;
CREATE TRIGGER search_synonym_gone AFTER DELETE ON tag_synonyms BEGIN
  UPDATE search_state SET tags_version = tags_version + 1;
  INSERT OR REPLACE INTO search_dirty_all SELECT 'tag', id, '' FROM tags
    WHERE id = OLD.tag_id OR path >= (SELECT path || '/' FROM tags WHERE id = OLD.tag_id)
      AND path < (SELECT path || '0' FROM tags WHERE id = OLD.tag_id);
END;
CREATE TRIGGER search_person_changed AFTER UPDATE OF name ON people BEGIN
  INSERT OR REPLACE INTO search_dirty_all VALUES ('person', NEW.id, '');
END;
CREATE TRIGGER search_alias_new AFTER INSERT ON person_aliases BEGIN
  INSERT OR REPLACE INTO search_dirty_all VALUES ('person', NEW.person_id, '');
END;
CREATE TRIGGER search_alias_gone AFTER DELETE ON person_aliases BEGIN
  INSERT OR REPLACE INTO search_dirty_all VALUES ('person', OLD.person_id, '');
END;

-- Ratings by the numbers of their items: to look them up by the ids of a page of rows takes ten times
-- as long.
CREATE TABLE search_ratings (
  seq INTEGER NOT NULL, -- items.seq
  user TEXT NOT NULL,
  halves INTEGER NOT NULL,
  PRIMARY KEY (seq, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_ratings_by_halves ON search_ratings (user, halves, seq);
INSERT INTO search_ratings SELECT i.seq, r.user, r.halves FROM ratings r JOIN items i ON i.id = r.item_id;
CREATE TRIGGER search_rated AFTER INSERT ON ratings BEGIN
  INSERT OR REPLACE INTO search_ratings
    SELECT seq, NEW.user, NEW.halves FROM items WHERE id = NEW.item_id;
END;
CREATE TRIGGER search_rating_changed AFTER UPDATE OF item_id, user, halves ON ratings BEGIN
  DELETE FROM search_ratings
    WHERE user = OLD.user AND seq = (SELECT seq FROM items WHERE id = OLD.item_id);
  INSERT OR REPLACE INTO search_ratings
    SELECT seq, NEW.user, NEW.halves FROM items WHERE id = NEW.item_id;
END;
CREATE TRIGGER search_unrated AFTER DELETE ON ratings BEGIN
  DELETE FROM search_ratings
    WHERE user = OLD.user AND seq = (SELECT seq FROM items WHERE id = OLD.item_id);
END;

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
