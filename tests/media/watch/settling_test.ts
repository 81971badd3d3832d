/**
 * A file that is being written is waited for, one at rest is not.
 *
 * @module
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { FileState } from "../../../src/media/file_state.ts";
import { Settling } from "../../../src/media/watch/settling.ts";

function rig() {
  let now = 0;
  const files = new Map<string, FileState>();
  const settling = new Settling({
    quietMs: 1000,
    look: (path) => Promise.resolve(files.get(path)),
    now: () => now,
  });
  return {
    settling,
    write: (path: string, sizeBytes: number) => files.set(path, { sizeBytes, modifiedMs: now }),
    files,
    after: async (ms: number) => {
      now += ms;
      return (await settling.settle()).map(({ path }) => path);
    },
  };
}

Deno.test("a file has settled after two looks that saw the same", async () => {
  const { settling, write, after } = rig();
  write("/a.mkv", 1);
  settling.touch("/a.mkv");

  deepStrictEqual(await after(500), [], "too early");
  deepStrictEqual(await after(600), [], "the first look");
  deepStrictEqual(await after(600), [], "too early again");
  deepStrictEqual(await after(500), ["/a.mkv"]);
  strictEqual(settling.size, 0);
});

Deno.test("a file that grows without a word from the system is waited for", async () => {
  const { settling, write, after } = rig();
  settling.touch("/a.mkv");
  for (let size = 1; size < 6; size++) {
    write("/a.mkv", size);
    deepStrictEqual(await after(1100), []);
    deepStrictEqual([...settling.unsettled()], ["/a.mkv"]);
  }

  deepStrictEqual(await after(1100), ["/a.mkv"]);
});

Deno.test("news of a file begin the wait anew; what is gone has settled", async () => {
  const { settling, write, files, after } = rig();
  write("/a.mkv", 1);
  settling.touch("/a.mkv");
  deepStrictEqual(await after(1100), []);
  settling.touch("/a.mkv");
  deepStrictEqual(await after(900), []);
  deepStrictEqual(await after(200), []);
  files.delete("/a.mkv");

  deepStrictEqual(await after(1100), ["/a.mkv"]);
});

Deno.test("there is room for 10,000 paths, and what is touched again needs none", () => {
  const { settling } = rig();
  for (let at = 0; at < 10_000; at++) strictEqual(settling.touch(`/${at}`), true);

  strictEqual(settling.touch("/more"), false);
  strictEqual(settling.touch("/7"), true);
  settling.forget((path) => path.length > 2);
  strictEqual(settling.size, 10);
});
