-- Announced titles in order: the catalogue's first page must not read those that nobody has.
ALTER TABLE titles ADD COLUMN holders INTEGER NOT NULL DEFAULT 0; -- replicas that are announced
UPDATE titles SET holders = (SELECT count(*) FROM replicas
  WHERE replicas.catalog_id = titles.catalog_id AND replicas.announced = 1);
CREATE INDEX titles_announced ON titles (sort_title, catalog_id) WHERE holders > 0;
DROP INDEX titles_in_order;
