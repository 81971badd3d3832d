-- What is in the trash and is being deleted, for good: that has been said, and a killed program goes
-- on with it when it runs again.
ALTER TABLE trash ADD COLUMN is_deleting INTEGER NOT NULL DEFAULT 0;
