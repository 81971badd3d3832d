-- The files that are offline, listed in order of their ids; mostly there are none.
CREATE INDEX media_offline ON media (id) WHERE offline_since IS NOT NULL;
