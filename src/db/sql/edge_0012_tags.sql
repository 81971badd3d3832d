-- What each peer says of the tags of its files, for rules about them; see src/edge/tags/.
ALTER TABLE replicas ADD COLUMN tags TEXT; -- JSON: {paths, isComplete}; NULL: it has said nothing
