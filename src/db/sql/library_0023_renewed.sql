-- Numbers of custom fields, by the numbers of their items: a filter compares them.
CREATE TABLE search_numbers (
  seq INTEGER NOT NULL, -- items.seq
  key TEXT NOT NULL, -- of custom_fields
  value REAL NOT NULL,
  PRIMARY KEY (seq, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_numbers_by_value ON search_numbers (key, value, seq);
INSERT OR REPLACE INTO search_numbers SELECT i.seq, j.key, j.value
  FROM items i JOIN json_each(i.custom) j WHERE i.custom <> '{}' AND j.type IN ('integer', 'real');
CREATE TRIGGER search_numbers_new AFTER INSERT ON items WHEN NEW.custom <> '{}' BEGIN
  INSERT OR REPLACE INTO search_numbers SELECT NEW.seq, key, value
    FROM json_each(NEW.custom) WHERE type IN ('integer', 'real');
END;
CREATE TRIGGER search_numbers_changed AFTER UPDATE OF custom ON items
WHEN NEW.custom IS NOT OLD.custom BEGIN
  DELETE FROM search_numbers WHERE seq = NEW.seq;
  INSERT OR REPLACE INTO search_numbers SELECT NEW.seq, key, value
    FROM json_each(NEW.custom) WHERE type IN ('integer', 'real');
END;
CREATE TRIGGER search_numbers_gone AFTER DELETE ON items WHEN OLD.custom <> '{}' BEGIN
  DELETE FROM search_numbers WHERE seq = OLD.seq;
END;

-- Which version of the document new rows of the index are of (src/items/search/index/document.ts).
-- Those of items after old_from, up to old_to, may be of an earlier one, and are made anew.
ALTER TABLE search_state ADD COLUMN document INTEGER NOT NULL DEFAULT 1;
ALTER TABLE search_state ADD COLUMN old_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE search_state ADD COLUMN old_to INTEGER NOT NULL DEFAULT 0;
