/** A file system that falls silent while a scan reads from it. Root and bindfs only. @module */
import { ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { NotAnsweringError } from "../../../src/drives/mod.ts";
import { canMount, hasProgram, mountHanging } from "../../helpers/mounts.ts";
import { noise } from "../../helpers/temp.ts";
import { within } from "../../helpers/wait.ts";
import { openRig } from "../rig.ts";

Deno.test({
  name: "a reader that hangs gives its drive back as soon as its file system counts as silent",
  ignore: !canMount || !hasProgram("bindfs"),
  async fn() {
    const silent = new AbortController();
    const hashing = Promise.withResolvers<void>();
    await using rig = await openRig({
      onPublish: (type, { phase }) => type === "scan.progress" && phase === "hash" && begun(),
      deps: (root) => ({
        silence: (path) =>
          Promise.resolve(
            path.startsWith(join(root, "hung")) ? silent.signal : new AbortController().signal,
          ),
      }),
    });
    const begun = () => hashing.resolve();
    await Deno.mkdir(join(rig.root, "hung"));
    const large = await rig.dir.file("stick/large.wav", "RIFF");
    await Deno.truncate(large, 3_000_000_000);
    await rig.file("a.wav", noise(1000));
    await using mount = await mountHanging(join(rig.dir.path, "stick"), join(rig.root, "hung"));

    const scan = rig.scan();
    await hashing.promise;
    await new Promise((resolve) => setTimeout(resolve, 200)); // in the middle of the file
    mount.hang();
    silent.abort(new NotAnsweringError("It is silent"));
    await within("the scan's end", scan, 3000);

    using _lease = await within(
      "the drive",
      rig.lanes.acquire(["disk"], { priority: "hash", signal: AbortSignal.timeout(3000) }),
      3000,
    );
    strictEqual(rig.find("large.wav").status, "probed");
    ok(!/silent/.test(rig.find("large.wav").error ?? ""));
    strictEqual(rig.find("a.wav").status, "ready", "of the same batch, and read all the same");
  },
});
