-- Items of which a person has said something, by their files: all that an edge is told is looked through
-- for titles that are not those of the files.
CREATE INDEX items_edited ON items (media_id) WHERE own <> '[]';
