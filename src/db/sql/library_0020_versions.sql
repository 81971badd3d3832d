-- A version is never used twice: what was deleted and comes back (by an undo, or as another of the
-- same name) goes on above all versions that anything of its kind had when it was deleted.
CREATE TABLE last_versions (
  kind TEXT PRIMARY KEY, -- a table
  version INTEGER NOT NULL -- the highest that was deleted
) STRICT, WITHOUT ROWID;
INSERT INTO last_versions SELECT 'notes', ifnull(max(version), 0) FROM notes;
INSERT INTO last_versions SELECT 'people', ifnull(max(version), 0) FROM people;
INSERT INTO last_versions SELECT 'collections', ifnull(max(version), 0) FROM collections;
INSERT INTO last_versions SELECT 'tags', ifnull(max(version), 0) FROM tags;
INSERT INTO last_versions SELECT 'tag_groups', ifnull(max(version), 0) FROM tag_groups;
INSERT INTO last_versions SELECT 'custom_fields', ifnull(max(version), 0) FROM custom_fields;
INSERT INTO last_versions SELECT 'saved_searches', ifnull(max(version), 0) FROM saved_searches;
INSERT INTO last_versions SELECT 'duplicate_groups', ifnull(max(version), 0) FROM duplicate_groups;

CREATE TRIGGER notes_version_gone AFTER DELETE ON notes
WHEN OLD.version > (SELECT version FROM last_versions WHERE kind = 'notes') BEGIN
  UPDATE last_versions SET version = OLD.version WHERE kind = 'notes';
END;
CREATE TRIGGER notes_version_new AFTER INSERT ON notes
WHEN (SELECT version FROM last_versions WHERE kind = 'notes') > 0 BEGIN
  UPDATE notes SET version = NEW.version + (SELECT version FROM last_versions WHERE kind = 'notes')
    WHERE id = NEW.id;
END;

CREATE TRIGGER people_version_gone AFTER DELETE ON people
WHEN OLD.version > (SELECT version FROM last_versions WHERE kind = 'people') BEGIN
  UPDATE last_versions SET version = OLD.version WHERE kind = 'people';
END;
CREATE TRIGGER people_version_new AFTER INSERT ON people
WHEN (SELECT version FROM last_versions WHERE kind = 'people') > 0 BEGIN
  UPDATE people SET version = NEW.version + (SELECT version FROM last_versions WHERE kind = 'people')
    WHERE id = NEW.id;
END;

CREATE TRIGGER collections_version_gone AFTER DELETE ON collections
WHEN OLD.version > (SELECT version FROM last_versions WHERE kind = 'collections') BEGIN
  UPDATE last_versions SET version = OLD.version WHERE kind = 'collections';
END;
CREATE TRIGGER collections_version_new AFTER INSERT ON collections
WHEN (SELECT version FROM last_versions WHERE kind = 'collections') > 0 BEGIN
  UPDATE collections SET version = NEW.version + (SELECT version FROM last_versions WHERE kind = 'collections')
    WHERE id = NEW.id;
END;

CREATE TRIGGER tags_version_gone AFTER DELETE ON tags
WHEN OLD.version > (SELECT version FROM last_versions WHERE kind = 'tags') BEGIN
  UPDATE last_versions SET version = OLD.version WHERE kind = 'tags';
END;
CREATE TRIGGER tags_version_new AFTER INSERT ON tags
WHEN (SELECT version FROM last_versions WHERE kind = 'tags') > 0 BEGIN
  UPDATE tags SET version = NEW.version + (SELECT version FROM last_versions WHERE kind = 'tags')
    WHERE id = NEW.id;
END;

CREATE TRIGGER tag_groups_version_gone AFTER DELETE ON tag_groups
WHEN OLD.version > (SELECT version FROM last_versions WHERE kind = 'tag_groups') BEGIN
  UPDATE last_versions SET version = OLD.version WHERE kind = 'tag_groups';
END;
CREATE TRIGGER tag_groups_version_new AFTER INSERT ON tag_groups
WHEN (SELECT version FROM last_versions WHERE kind = 'tag_groups') > 0 BEGIN
  UPDATE tag_groups SET version = NEW.version + (SELECT version FROM last_versions WHERE kind = 'tag_groups')
    WHERE id = NEW.id;
END;

CREATE TRIGGER custom_fields_version_gone AFTER DELETE ON custom_fields
WHEN OLD.version > (SELECT version FROM last_versions WHERE kind = 'custom_fields') BEGIN
  UPDATE last_versions SET version = OLD.version WHERE kind = 'custom_fields';
END;
CREATE TRIGGER custom_fields_version_new AFTER INSERT ON custom_fields
WHEN (SELECT version FROM last_versions WHERE kind = 'custom_fields') > 0 BEGIN
  UPDATE custom_fields SET version = NEW.version + (SELECT version FROM last_versions WHERE kind = 'custom_fields')
    WHERE key = NEW.key;
END;

CREATE TRIGGER saved_searches_version_gone AFTER DELETE ON saved_searches
WHEN OLD.version > (SELECT version FROM last_versions WHERE kind = 'saved_searches') BEGIN
  UPDATE last_versions SET version = OLD.version WHERE kind = 'saved_searches';
END;
CREATE TRIGGER saved_searches_version_new AFTER INSERT ON saved_searches
WHEN (SELECT version FROM last_versions WHERE kind = 'saved_searches') > 0 BEGIN
  UPDATE saved_searches SET version = NEW.version + (SELECT version FROM last_versions WHERE kind = 'saved_searches')
    WHERE id = NEW.id;
END;

CREATE TRIGGER duplicate_groups_version_gone AFTER DELETE ON duplicate_groups
WHEN OLD.version > (SELECT version FROM last_versions WHERE kind = 'duplicate_groups') BEGIN
  UPDATE last_versions SET version = OLD.version WHERE kind = 'duplicate_groups';
END;
CREATE TRIGGER duplicate_groups_version_new AFTER INSERT ON duplicate_groups
WHEN (SELECT version FROM last_versions WHERE kind = 'duplicate_groups') > 0 BEGIN
  UPDATE duplicate_groups SET version = NEW.version + (SELECT version FROM last_versions WHERE kind = 'duplicate_groups')
    WHERE id = NEW.id;
END;
