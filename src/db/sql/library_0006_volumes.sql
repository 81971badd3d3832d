-- Partitions are what partition tables define, volumes the file systems on them (or on whole disks,
-- arrays, several disks). Both are found anew by the next detection, so the old rows may go.
DROP TABLE partitions;

CREATE TABLE partitions (
  id TEXT PRIMARY KEY, -- from the partition table's own id: see src/drives/graph/partitions.ts
  name TEXT NOT NULL,
  drive_ids TEXT NOT NULL, -- JSON: every physical drive beneath it
  uuid TEXT,
  label TEXT,
  size_bytes INTEGER NOT NULL,
  volume_id TEXT,
  present INTEGER NOT NULL CHECK (present IN (0, 1)),
  first_seen_at TEXT NOT NULL, -- ISO 8601, UTC
  last_seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE volumes (
  id TEXT PRIMARY KEY, -- from the file system's UUID where it has one
  name TEXT NOT NULL,
  drive_ids TEXT NOT NULL, -- JSON: every physical drive beneath it
  file_system TEXT,
  uuid TEXT,
  label TEXT,
  mount_points TEXT NOT NULL, -- JSON; of an absent volume the last known
  size_bytes INTEGER NOT NULL,
  total_bytes INTEGER,
  free_bytes INTEGER,
  read_only INTEGER CHECK (read_only IN (0, 1)),
  device_number TEXT, -- "8:1"
  devices TEXT NOT NULL, -- JSON: its names under /dev
  present INTEGER NOT NULL CHECK (present IN (0, 1)),
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE drives ADD COLUMN rotation_rpm INTEGER;

-- One row: how drives, partitions and volumes of the last detection stand on each other.
CREATE TABLE drive_graph (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  graph TEXT NOT NULL -- JSON: nodes and edges
) STRICT;
