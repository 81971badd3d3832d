import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { openBackups } from "../../../src/items/exchange/mod.ts";
import { openJobs } from "../../../src/pool/mod.ts";
import { tempDir } from "../../helpers/temp.ts";
import { addFilm, openRig as openRooms } from "../../items/exchange/rig.ts";
import { at } from "../rig.ts";
import { openLibraryRig } from "./rig.ts";

Deno.test("a library of more than a megabyte goes out and in over REST", async () => {
  await using dir = await tempDir();
  await using rooms = openRooms({ path: `${dir.path}/library.db` });
  using rig = openLibraryRig({ open: () => rooms });
  for (let index = 0; index < 3000; index++) {
    addFilm(rooms.db, `m-${index}`, { identity: `hash-${index}` });
  }
  rooms.items.edit("m-7", { title: "Seven", description: "x".repeat(1000) }, { user: "mia" });

  const out = await rig.api.request(at("/api/export"));
  const text = await out.text();
  const send = (query: string, body: string) =>
    Promise.resolve(rig.api.request(at(`/api/import${query}`), { method: "POST", body }));
  const answer = await send("?policy=overwrite&user=mia", text);
  const report = await answer.json();
  const tried = await (await send("?dry_run=true", text)).json();
  const wrong = await send("", "cats\n");
  const policy = await send("?policy=maybe", text);

  strictEqual(out.headers.get("content-type"), "application/jsonl");
  ok(text.length > 1024 * 1024, `${text.length}`);
  strictEqual(text.trimEnd().split("\n").length, 3001);
  deepStrictEqual([answer.status, report.lines, report.errors], [200, 3001, 0]);
  deepStrictEqual(report.by_type.item, { lines: 3000, changed: 0, unchanged: 3000, waiting: 0 });
  deepStrictEqual([tried.dry_run, tried.lines], [true, 3001]);
  deepStrictEqual([wrong.status, policy.status], [400, 400]);
});

Deno.test("who leaves an export in the middle ends it", async () => {
  await using dir = await tempDir();
  await using rooms = openRooms({ path: `${dir.path}/library.db` });
  using rig = openLibraryRig({ open: () => rooms });
  for (let index = 0; index < 3000; index++) addFilm(rooms.db, `m-${index}`);

  const out = await rig.api.request(at("/api/export"));
  const reader = out.body!.getReader();
  const first = await reader.read();
  await reader.cancel();

  ok(first.value!.length > 0);
});

Deno.test("backups are made, listed, fetched and deleted over REST", async () => {
  await using dir = await tempDir();
  await using rooms = openRooms({ path: `${dir.path}/library.db` });
  await using jobs = openJobs({ db: rooms.db, publish() {} });
  const backups = openBackups({
    db: rooms.db,
    jobs,
    publish() {},
    backupFolder: `${dir.path}/backups`,
    backupKeep: () => 5,
  });
  using rig = openLibraryRig({ open: () => ({ backups }) });

  const made = await rig.ask("POST", "/api/backups/");
  await rig.ask("POST", "/api/backups/");
  const first = await rig.ask("GET", "/api/backups/?limit=1");
  const second = await rig.ask("GET", `/api/backups/?limit=1&cursor=${first.body.next_cursor}`);
  const response = await rig.api.request(at(`/api/backups/${made.body.name}`));
  const bytes = await response.bytes();
  const outside = await rig.ask("GET", "/api/backups/..%2Flibrary.db");
  const gone = await rig.ask("DELETE", `/api/backups/${made.body.name}`);
  const again = await rig.ask("GET", `/api/backups/${made.body.name}`);

  strictEqual(made.status, 201);
  deepStrictEqual([second.body.items[0].name, second.body.next_cursor], [made.body.name, null]);
  strictEqual(bytes.length, made.body.size_bytes);
  strictEqual(new TextDecoder().decode(bytes.subarray(0, 15)), "SQLite format 3");
  deepStrictEqual([outside, gone, again].map((it) => it.status), [404, 204, 404]);
});
