-- What drives tell of their health. Rows outlive their drives' being away, and know nothing of the
-- table of drives: a drive that is detected under another id begins anew.
CREATE TABLE drive_health (
  drive_id TEXT PRIMARY KEY,
  state TEXT NOT NULL -- JSON: see DriveHealth in src/drives/health/store.ts
) STRICT, WITHOUT ROWID;

-- One row when something changed, or once a day; bounded for each drive.
CREATE TABLE drive_health_history (
  drive_id TEXT NOT NULL,
  checked_at TEXT NOT NULL, -- ISO 8601, UTC
  verdict TEXT NOT NULL,
  readings TEXT NOT NULL, -- JSON: HealthValues
  PRIMARY KEY (drive_id, checked_at)
) STRICT, WITHOUT ROWID;

-- How often background work of ours woke a drive that slept.
CREATE TABLE drive_wakes (
  drive_id TEXT PRIMARY KEY,
  wakes INTEGER NOT NULL,
  last_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
