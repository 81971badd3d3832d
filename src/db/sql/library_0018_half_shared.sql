-- Names that were about to take the place of a file (see src/media/trash/half_shared.ts): written
-- down before they are made, so that what a killed program leaves behind is known as its own.
CREATE TABLE half_shared (
  path TEXT PRIMARY KEY, -- absolute
  keeper TEXT NOT NULL -- absolute: the file whose bytes it has
) STRICT, WITHOUT ROWID;
