-- Why a line that waits for its film could not be taken in, or not wholly, when the film came: it
-- stays, is tried again with each scan, and is told of.
ALTER TABLE import_waiting ADD COLUMN problem TEXT;
ALTER TABLE import_waiting ADD COLUMN is_rest INTEGER NOT NULL DEFAULT 0; -- 1: all else of it is in
CREATE INDEX import_waiting_bad ON import_waiting (id) WHERE problem IS NOT NULL;
