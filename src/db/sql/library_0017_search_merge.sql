-- How many items were put into the search index, or taken out of it, since it was last made one piece.
ALTER TABLE search_state ADD COLUMN unmerged INTEGER NOT NULL DEFAULT 0;
UPDATE search_state SET unmerged = mark;
