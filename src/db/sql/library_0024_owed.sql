-- What the history is to say of a file that is on its way into the trash: a program that is killed in
-- between says it at its next start. JSON; NULL once it is said, or where nothing is to be said.
ALTER TABLE trash ADD COLUMN owes TEXT;
CREATE INDEX trash_owing ON trash (id) WHERE owes IS NOT NULL;
