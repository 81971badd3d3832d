-- Physical drives and the file systems on them. A row outlives its drive's being away: `present`
-- says whether the last detection saw it.
CREATE TABLE drives (
  id TEXT PRIMARY KEY, -- from model, serial and WWN: see src/drives/identity.ts
  name TEXT NOT NULL,
  vendor TEXT,
  model TEXT,
  serial TEXT,
  wwn TEXT,
  size_bytes INTEGER NOT NULL,
  kind TEXT NOT NULL,
  evidence TEXT NOT NULL,
  bus TEXT,
  removable INTEGER NOT NULL CHECK (removable IN (0, 1)),
  present INTEGER NOT NULL CHECK (present IN (0, 1)),
  first_seen_at TEXT NOT NULL, -- ISO 8601, UTC
  last_seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE partitions (
  id TEXT PRIMARY KEY, -- from the file system's UUID where it has one
  name TEXT NOT NULL,
  drive_ids TEXT NOT NULL, -- JSON: every physical drive beneath it
  file_system TEXT,
  uuid TEXT,
  label TEXT,
  mount_points TEXT NOT NULL, -- JSON
  size_bytes INTEGER NOT NULL,
  device_number TEXT, -- "8:1"
  devices TEXT NOT NULL, -- JSON: its names under /dev
  present INTEGER NOT NULL CHECK (present IN (0, 1)),
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
