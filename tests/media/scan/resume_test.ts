import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { wav } from "../../helpers/clips.ts";
import { openRig } from "../rig.ts";

const FILES = 600;
const BYTES = 44 + 20_000;

Deno.test("a scan that is stopped goes on where it was, wherever that is", async () => {
  const begun = {
    walk: "SELECT 1 FROM media",
    probe: "SELECT 1 FROM media WHERE status = 'probed'",
    hash: "SELECT 1 FROM hashes WHERE algorithm = 'md5'",
  };
  for (const [phase, query] of Object.entries(begun)) {
    const stop = new AbortController();
    const stopSoon = () => {
      // As soon as a part of the phase's work is stored, and not all of it.
      if (rig.db.get(query)) stop.abort(new Error("enough"));
      else setTimeout(stopSoon);
    };
    await using rig = await openRig({
      onPublish: (type, progress) => {
        const isPhase = type === "scan.progress" && progress.phase === phase;
        if (isPhase && progress.files === 0 && !stop.signal.aborted) stopSoon();
      },
    });
    for (let seed = 1; seed <= FILES; seed++) {
      await rig.file(`${seed % 7}/${seed}.wav`, wav(seed, BYTES - 44));
    }

    await rejects(rig.scan(stop.signal), { message: "enough" }, phase);
    strictEqual(rig.library.scanState().running, false);
    strictEqual(rig.library.scanState().failed, undefined, "to be stopped is no failure");
    const statuses = Object.values(rig.statuses());
    const hashed = new Set(
      rig.files().filter((it) => rig.library.hashesOf(it.id).md5).map((it) => it.id),
    );
    if (phase === "hash") ok(hashed.size > 0 && hashed.size < FILES, `${hashed.size} hashed`);
    rig.db.run("UPDATE hashes SET digest = 'kept ' || digest");
    const report = await rig.scan();

    const files = rig.files();
    strictEqual(files.length, FILES);
    ok(files.every(({ status, container }) => status === "ready" && container === "wav"));
    const unprobed = FILES - statuses.filter((it) => it !== "new").length;
    const unhashed = FILES - hashed.size;
    // Nothing that was stored is read again: probing takes a few kB of each, and both its ends.
    const most = unhashed * BYTES + unprobed * (BYTES + 8192);
    ok(report.bytesRead <= most, `${phase}: ${report.bytesRead} of ${most}`);
    ok(report.bytesRead >= unhashed * BYTES);
    for (const { id, relativePath } of files) {
      const seed = Number(/(\d+)\.wav$/.exec(relativePath)![1]);
      const digest = createHash("md5").update(wav(seed, BYTES - 44)).digest("hex");
      const expected = hashed.has(id) ? `kept ${digest}` : digest;
      strictEqual(rig.library.hashesOf(id).md5, expected);
    }
  }
});

Deno.test("a scan that fails says why, and the next one is not hindered", async () => {
  const told: string[] = [];
  await using rig = await openRig({ onPublish: (type) => void told.push(type) });
  await rig.file("a.wav", wav(1));
  rig.db.run(
    "CREATE TEMP TRIGGER broken BEFORE INSERT ON media BEGIN SELECT raise(ABORT, 'broken'); END",
  );

  await rejects(rig.scan(), /broken/);
  ok(rig.library.scanState().failed?.includes("broken"));
  rig.db.run("DROP TRIGGER broken");
  await rig.scan();

  strictEqual(rig.library.scanState().failed, undefined);
  deepStrictEqual(rig.statuses(), { "a.wav": "ready" });
  ok(told.includes("scan.failed"));
});
