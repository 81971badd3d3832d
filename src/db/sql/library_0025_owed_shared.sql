-- What the history is to say of a file that is to share its bytes with another: a program that is
-- killed in between says it at its next start. All NULL where nothing is to be said.
ALTER TABLE half_shared ADD COLUMN victim TEXT; -- absolute: the file whose place is taken
ALTER TABLE half_shared ADD COLUMN inode TEXT; -- of that file before
ALTER TABLE half_shared ADD COLUMN owes TEXT; -- JSON
ALTER TABLE half_shared ADD COLUMN is_done INTEGER NOT NULL DEFAULT 0; -- its place is taken
