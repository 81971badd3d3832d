-- What was brought for a request: a later one may bring the same pictures.
ALTER TABLE screenshot_requests ADD COLUMN hashes TEXT; -- JSON, in their order; NULL: none yet
