/**
 * An edge.db of 0.1 as it was left on people's disks: its tables were strict, and triggers counted.
 *
 * @module
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { migrations, openDatabase, openSqliteState } from "../../src/db/mod.ts";
import { EdgeStore } from "../../src/edge/server/store.ts";
import { tempDir } from "../helpers/temp.ts";

const released = [
  `CREATE TABLE peers (
    peer_id TEXT PRIMARY KEY,
    connected_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    extensions TEXT NOT NULL DEFAULT '[]'
  ) STRICT, WITHOUT ROWID;
  
  CREATE TABLE titles (
    catalog_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    sort_title TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    media TEXT,
    added_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX titles_in_order ON titles (sort_title, catalog_id);
  
  CREATE TABLE replicas (
    peer_id TEXT NOT NULL REFERENCES peers (peer_id) ON DELETE CASCADE,
    relative_path TEXT NOT NULL,
    catalog_id TEXT NOT NULL REFERENCES titles (catalog_id) ON DELETE CASCADE,
    announced INTEGER NOT NULL DEFAULT 0 CHECK (announced IN (0, 1)),
    PRIMARY KEY (peer_id, relative_path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX replicas_by_title ON replicas (catalog_id, announced);
  CREATE INDEX replicas_by_peer ON replicas (peer_id, catalog_id, announced);`,
  `
  ALTER TABLE titles ADD COLUMN holders INTEGER NOT NULL DEFAULT 0;
  UPDATE titles SET holders =
    (SELECT count(*) FROM replicas WHERE catalog_id = titles.catalog_id AND announced = 1);
  CREATE INDEX titles_announced ON titles (sort_title, catalog_id) WHERE holders > 0;
  DROP INDEX titles_in_order;
  
  CREATE TRIGGER replicas_announced AFTER UPDATE OF announced ON replicas
  WHEN new.announced <> old.announced BEGIN
    UPDATE titles SET holders = holders + new.announced - old.announced
    WHERE catalog_id = new.catalog_id;
  END;
  CREATE TRIGGER replicas_deleted AFTER DELETE ON replicas WHEN old.announced = 1 BEGIN
    UPDATE titles SET holders = holders - 1 WHERE catalog_id = old.catalog_id;
  END;`,
];

Deno.test("an edge.db from before goes on, with all that it knows", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/edge.db`;
  {
    using old = openDatabase(path, released);
    old.run("INSERT INTO peers VALUES ('p', '2026-01-01', '2026-01-02', '[]')");
    for (const id of ["a", "b"]) {
      old.run(
        `INSERT INTO titles (catalog_id, title, sort_title, size_bytes, added_at)
         VALUES (?, ?, ?, 7, '2026-01-01')`,
        ...[id, id.toUpperCase(), id],
      );
      old.run("INSERT INTO replicas VALUES ('p', ?, ?, 0)", `${id}.mp4`, id);
    }
    old.run("UPDATE replicas SET announced = 1 WHERE catalog_id = 'a'");
  }

  using db = openDatabase(path, migrations.edge);
  const store = new EdgeStore(openSqliteState(db));

  deepStrictEqual(db.all("SELECT name FROM sqlite_schema WHERE type = 'trigger'"), []);
  const titles = () => store.titles({ sortTitle: "", catalogId: "" }, 10);
  deepStrictEqual(await titles(), [{
    catalogId: "a",
    title: "A",
    sortTitle: "a",
    sizeBytes: 7,
    replicas: [{
      peerId: "p",
      relativePath: "a.mp4",
      peerCatalogId: "a",
      atRisk: false,
      title: "a",
    }],
  }]);
  deepStrictEqual(await store.assign("p", [{ relativePath: "b.mp4", sizeBytes: 7 }]), [
    { relativePath: "b.mp4", catalogId: "b" },
  ]);
  deepStrictEqual(await store.announce("p", ["a", "b"]), { come: ["b"], known: ["a", "b"] });
  strictEqual((await titles()).length, 2);
  deepStrictEqual(await store.withdraw("p", ["a", "b"]), ["a", "b"]);
  strictEqual((await titles()).length, 0);
});
