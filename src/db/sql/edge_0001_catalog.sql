-- What the edge knows: titles, and which peers hold them.
CREATE TABLE catalog (catalog_id TEXT PRIMARY KEY) STRICT;
