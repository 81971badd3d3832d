/** The drives of a peer, by the real tools of this machine. @module */
import { deepStrictEqual, notDeepStrictEqual } from "node:assert/strict";
import { openPeerDrives } from "../../../../src/app/parts/drives/peer_drives.ts";
import { silent } from "../../../../src/base/log.ts";
import { Configuration } from "../../../../src/config/mod.ts";
import { migrations, openDatabase } from "../../../../src/db/mod.ts";

Deno.test("a path that is asked for before the first detection waits for it", async () => {
  using db = openDatabase(":memory:", migrations.library);
  const config = new Configuration(db, { environment: {}, flag: {} });
  using drives = openPeerDrives({ db, config, publish: () => {}, log: silent });
  const stop = new AbortController();

  deepStrictEqual(drives.report().drives, []);
  const located = drives.locate(Deno.cwd());
  const watching = drives.watch(stop.signal);

  notDeepStrictEqual((await located).chain, []);
  notDeepStrictEqual(drives.report().drives, [], "the answer came after the detection");
  stop.abort();
  await watching;
});
