/**
 * A program of its own, for a user who may not read some folders: prints how a media folder that
 * holds them is watched, and what is heard of which file.
 *
 * @module
 */
import { join, relative } from "node:path";
import { silent } from "../../../src/base/log.ts";
import { stateOf } from "../../../src/media/file_state.ts";
import { watchFolders, type WatchState } from "../../../src/media/watch/watch.ts";

const root = await Deno.realPath(await Deno.makeTempDir());
const locked = ["lost+found", "a/locked"];
for (const folder of [...locked, "b/deep"]) {
  await Deno.mkdir(join(root, folder), { recursive: true });
}
for (const folder of locked) await Deno.chmod(join(root, folder), 0);

const states: Omit<WatchState, "root">[] = [];
const heard = new Set<string>();
const news = new EventTarget();
const ended = new AbortController();
const late = new AbortController();
const limit = late.signal;
const timer = setTimeout(() => late.abort(new Error("nothing is heard of it")), 20_000);
const until = async (isSo: () => boolean) => {
  while (!isSo()) {
    await new Promise((resolve, reject) => {
      news.addEventListener("news", resolve, { once: true, signal: limit });
      limit.addEventListener("abort", () => reject(limit.reason), { once: true });
    });
  }
};
const watching = watchFolders(
  {
    isRemote: () => Promise.resolve(false),
    look: async (path) => {
      const info = await Deno.stat(path).catch(() => undefined);
      return info?.isDirectory ? "folder" : info && stateOf(info);
    },
    realFolder: (folder) => Promise.resolve(folder),
    matters: () => true,
    scan: (folders) => {
      for (const folder of folders) heard.add(relative(root, folder));
      return Promise.resolve(news.dispatchEvent(new Event("news")));
    },
    onState: ([state]) => {
      if (state?.mode === "starting") return;
      const { root: _, leftOut, ...rest } = state!;
      const last = JSON.stringify(states.at(-1));
      const now = { ...rest, leftOut: leftOut?.map((path) => relative(root, path)).sort() };
      if (JSON.stringify(now) !== last) states.push(now as WatchState);
      news.dispatchEvent(new Event("news"));
    },
    log: silent,
  },
  { roots: [root], mode: "auto", pollMs: 3_600_000, quietMs: 40 },
  ended.signal,
);

const scans: Record<string, string[]> = {};
/** What is looked into once a file is written; a whole root tells nothing of the file itself. */
const write = async (name: string, path: string) => {
  const folder = relative(root, join(root, path, ".."));
  heard.clear();
  await Deno.writeTextFile(join(root, path), "x");
  await until(() => heard.has(folder));
  scans[name] = [folder];
};
await until(() => states.length > 0);
await write("the root", "film.mkv");
await write("a folder beside", "b/deep/film.mkv");
await write("beside what is locked", "a/film.mkv");

heard.clear();
await Deno.mkdir(join(root, "new"));
await until(() => heard.has("")); // watched anew, and looked through
await write("in a new folder", "new/film.mkv");

heard.clear();
await Deno.chmod(join(root, "a/locked"), 0o700);
await until(() => states.length > 1);
await write("in what was locked", "a/locked/film.mkv");

clearTimeout(timer);
ended.abort();
await watching;
for (const folder of locked) await Deno.chmod(join(root, folder), 0o700);
await Deno.remove(root, { recursive: true });
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ states, scans })));
