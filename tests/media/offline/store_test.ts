import { deepStrictEqual } from "node:assert/strict";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { createOfflineStore } from "../../../src/media/offline/store.ts";

Deno.test("a piece of a volume's files is found by their numbers, not among all files of it", () => {
  using db = openDatabase(":memory:", migrations.library);
  const statements: string[] = [];
  const store = createOfflineStore({ ...db, run: (sql: string) => (statements.push(sql), 0) });
  const shownAt = [{ placeId: "volume", mountPoint: "/mnt", rootInPlace: "/" }];
  store.settle("volume", shownAt, { after: 0, span: 200 });

  const plans = statements.map((sql) =>
    db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail)[0]
  );

  const byNumber = "SEARCH media USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)";
  deepStrictEqual(plans, [byNumber, byNumber]);
});
