-- Announced titles in order: the catalogue's first page must not read those that nobody has.
ALTER TABLE titles ADD COLUMN holders INTEGER NOT NULL DEFAULT 0; -- replicas that are announced
UPDATE titles SET holders =
  (SELECT count(*) FROM replicas WHERE catalog_id = titles.catalog_id AND announced = 1);
CREATE INDEX titles_announced ON titles (sort_title, catalog_id) WHERE holders > 0;
DROP INDEX titles_in_order;

CREATE TRIGGER replicas_announced AFTER UPDATE OF announced ON replicas
WHEN new.announced <> old.announced BEGIN
  UPDATE titles SET holders = holders + new.announced - old.announced
  WHERE catalog_id = new.catalog_id;
END;
CREATE TRIGGER replicas_deleted AFTER DELETE ON replicas WHEN old.announced = 1 BEGIN
  UPDATE titles SET holders = holders - 1 WHERE catalog_id = old.catalog_id;
END;
