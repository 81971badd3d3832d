/** More than are ever sorted as a whole: pages go along the indices, up to the last item. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { tempDir } from "../../helpers/temp.ts";
import { NOW, openRig } from "./rig.ts";

const MANY = 12_000;

Deno.test("every item of a long result comes once, in each order", async () => {
  await using dir = await tempDir();
  using rig = openRig(join(dir.path, "library.db"));
  rig.db.run(
    `WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT ?1)
     INSERT INTO media (id, root, relative_path, wire_path, size_bytes, modified_ms, status, title,
       added_at, updated_at, duration_ms, video_codec)
     SELECT 'f' || n, '/r', 'f' || n, 'f' || n, n * 7919 % 100003, 1, 'ready', 'film ' || (n * 31 % 5000),
       ?2, ?2, n % 90 * 60000, iif(n % 9 = 0, 'av1', 'hevc') FROM c`,
    MANY,
    NOW,
  );
  rig.db.run("UPDATE items SET year = 1950 + seq % 70 WHERE seq % 10");
  rig.db.run(
    "INSERT INTO ratings SELECT id, 'owner', 1 + seq % 10, 1, '' FROM items WHERE seq % 3 = 0",
  );
  rig.index();
  const hevc = MANY - Math.floor(MANY / 9);
  const keys: Record<string, string> = {
    "": "-seq",
    title: "sort_title, seq",
    "-title": "sort_title DESC, seq DESC",
    year: "year NULLS LAST, seq",
    "-year": "year DESC NULLS LAST, seq DESC",
    "-size": "m.size_bytes DESC, seq DESC",
    duration: "nullif(m.duration_ms, 0) NULLS LAST, seq",
    added: "seq",
    "random:5": "",
  };

  for (const [sort, key] of Object.entries(keys)) {
    for (const query of ["codec:hevc", "film -codec:av1"]) {
      if (query.startsWith("film") && !["title", "random:5"].includes(sort)) continue;
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await rig.find(query, { sort: sort || "-added", limit: 500, cursor });
        seen.push(...page.hits.map(({ item }) => item.id));
        deepStrictEqual([page.total.value, page.total.isExact], [2000, false], sort);
        cursor = page.nextCursor;
      } while (cursor);

      strictEqual(new Set(seen).size, hevc, `${sort}: ${query}`);
      if (!key) continue;
      const expected = rig.db.all<{ id: string }>(
        `SELECT i.id FROM items i JOIN media m ON m.id = i.media_id WHERE m.video_codec = 'hevc' ORDER BY ${key}`,
      );
      deepStrictEqual(seen, expected.map(({ id }) => id), sort);
    }
  }

  const rated = await rig.search.resolveIds("codec:hevc", "owner", 100_000, { sort: "-rating" });
  const { n } = rig.db.get<{ n: number }>(
    "SELECT count(*) n FROM ratings r JOIN media m ON m.id = r.item_id WHERE video_codec = 'hevc'",
  )!;
  strictEqual(new Set(rated).size, n, "of a long list, those that are rated");
  const { total, facets } = await rig.find("film", { facets: "codec", limit: 10 });
  deepStrictEqual(total, { value: 2000, isExact: false });
  deepStrictEqual([facets!.counted, facets!.isExact], [5000, false]);
  ok((await rig.find("codec:av1")).total.isExact);
  strictEqual((await rig.search.resolveIds("", "owner", 100_000)).length, MANY);
});
