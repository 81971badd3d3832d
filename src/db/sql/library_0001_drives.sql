-- Physical drives and what is mounted from them.
CREATE TABLE drives (id TEXT PRIMARY KEY) STRICT;
