/**
 * A program of its own, for a user with too few watches: prints how a folder of 50 is watched.
 *
 * @module
 */
import { join } from "node:path";
import { silent } from "../../../src/base/log.ts";
import { watchFolders } from "../../../src/media/watch/watch.ts";

const root = await Deno.makeTempDir();
for (let at = 0; at < 50; at++) await Deno.mkdir(join(root, `${at}`));
const ended = new AbortController();
const limit = setTimeout(() => ended.abort(), 10_000);
await watchFolders(
  {
    isRemote: () => Promise.resolve(false),
    look: () => Promise.resolve(undefined),
    realFolder: (folder) => Promise.resolve(folder),
    matters: () => true,
    scan: () => Promise.resolve(),
    onState: (states) => {
      if (states[0]?.mode !== "polling") return;
      Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(states)));
      ended.abort();
    },
    log: silent,
  },
  { roots: [root], mode: "auto", pollMs: 1000, quietMs: 50 },
  ended.signal,
);
clearTimeout(limit);
await Deno.remove(root, { recursive: true });
