/**
 * Real folders, watched by the real system; only the scan is counted and not done.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../../src/base/command.ts";
import { ConflictError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import { stateOf } from "../../../src/media/file_state.ts";
import {
  watchFolders,
  type WatchOptions,
  type WatchState,
} from "../../../src/media/watch/watch.ts";
import { watchProblem } from "../../../src/media/watch/limits.ts";
import { hasRights, heldByRights } from "../../helpers/rights.ts";

const QUIET_MS = 60;

async function rig(
  options: Partial<WatchOptions> & {
    remote?: boolean;
    busy?: number;
    before?: (root: string) => Promise<void>;
  },
  test: (rig: {
    root: string;
    /** Resolves with the next scan. */
    scanned(): Promise<{ folders: string[]; unsettled: string[] }>;
    state(wanted: (state: WatchState) => boolean): Promise<WatchState>;
    scans: string[][];
  }) => Promise<void>,
): Promise<void> {
  const { remote = false, busy = 0, before, ...rest } = options;
  const root = await Deno.realPath(await Deno.makeTempDir());
  await before?.(root);
  const ended = new AbortController();
  const scans: string[][] = [];
  let refusals = busy;
  let state: WatchState | undefined;
  const changed = new EventTarget();
  const waitFor = async <T>(look: () => T | undefined): Promise<T> => {
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(10_000)]);
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise((resolve, reject) => {
        changed.addEventListener("change", resolve, { once: true, signal });
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
  };
  const news: { folders: string[]; unsettled: string[] }[] = [];
  const watching = watchFolders(
    {
      isRemote: () => Promise.resolve(remote),
      look: async (path) => {
        try {
          const info = await Deno.lstat(path);
          return info.isDirectory ? "folder" : stateOf(info);
        } catch {
          return undefined;
        }
      },
      realFolder: (folder) => Deno.realPath(folder).catch(() => undefined),
      matters: (path) => !path.endsWith(".part"),
      scan: (folders, unsettled) => {
        if (refusals-- > 0) return Promise.reject(new ConflictError("a scan is under way"));
        scans.push(folders);
        news.push({ folders, unsettled: [...unsettled] });
        changed.dispatchEvent(new Event("change"));
        return Promise.resolve();
      },
      onState: ([first]) => {
        state = first;
        changed.dispatchEvent(new Event("change"));
      },
      log: silent,
    },
    { roots: [root], mode: "auto", pollMs: 3_600_000, quietMs: QUIET_MS, ...rest },
    ended.signal,
  );
  try {
    await test({
      root,
      scans,
      scanned: () => waitFor(() => news.shift()),
      state: (wanted) => waitFor(() => state && wanted(state) ? state : undefined),
    });
  } finally {
    ended.abort();
    await watching;
    await Deno.remove(root, { recursive: true });
  }
}

const isWatching = ({ mode }: WatchState) => mode === "watching";

Deno.test("a file that is added has its folder looked into, one that is no media has not", async () => {
  await rig({}, async ({ root, state, scanned, scans }) => {
    await state(isWatching);
    await Deno.writeTextFile(join(root, "copy.part"), "x");
    await Deno.writeTextFile(join(root, "film.mkv"), "x");

    deepStrictEqual(await scanned(), { folders: [root], unsettled: [] });
    strictEqual(scans.length, 1);
  });
});

Deno.test("a folder that is moved in is looked into itself, one that is moved out by its parent", async () => {
  await rig({}, async ({ root, state, scanned }) => {
    const elsewhere = await Deno.makeTempDir();
    await Deno.mkdir(join(elsewhere, "show"));
    await Deno.writeTextFile(join(elsewhere, "show", "a.mkv"), "x");
    await state(isWatching);
    await Deno.rename(join(elsewhere, "show"), join(root, "show"));

    deepStrictEqual((await scanned()).folders, [join(root, "show")]);
    await Deno.rename(join(root, "show"), join(elsewhere, "show"));
    deepStrictEqual((await scanned()).folders, [root]);
    await Deno.remove(elsewhere, { recursive: true });
  });
});

Deno.test("what is being written is told to the scan that somebody else's file begins", async () => {
  await rig({}, async ({ root, state, scanned }) => {
    await state(isWatching);
    await Deno.mkdir(join(root, "b"));
    await scanned();
    using growing = await Deno.create(join(root, "growing.mkv"));
    const writer = setInterval(() => growing.writeSync(new Uint8Array(10)), 15);
    await Deno.writeTextFile(join(root, "b", "done.mkv"), "x");
    const { folders, unsettled } = await scanned();
    clearInterval(writer);

    deepStrictEqual(folders, [join(root, "b")]);
    deepStrictEqual(unsettled, [join(root, "growing.mkv")]);
    deepStrictEqual((await scanned()).folders, [root], "and once it is done, it is looked into");
  });
});

Deno.test("a folder that a link in another one leads to is looked into itself, what lies outside is not", async () => {
  const link = async (root: string) => {
    const outside = await Deno.realPath(await Deno.makeTempDir());
    await Deno.mkdir(join(root, "a"));
    await Deno.mkdir(join(root, "z"));
    await Deno.symlink(join(root, "a"), join(root, "z", "to-a"));
    await Deno.symlink(outside, join(root, "z", "out"));
    return outside;
  };
  const made: string[] = [];
  await rig({ before: async (root) => void made.push(await link(root)) }, async (it) => {
    const [outside] = made;
    await it.state(isWatching);
    await Deno.writeTextFile(join(outside!, "not-ours.mkv"), "x");
    await Deno.writeTextFile(join(it.root, "a", "film.mkv"), "x");
    deepStrictEqual((await it.scanned()).folders, [join(it.root, "a")]);
    strictEqual(it.scans.length, 1);
    await Deno.remove(join(it.root, "a"), { recursive: true });
    // The film's end is told as well where the folder is still there when it is; even beforehand.
    const told: string[] = [];
    while (!told.includes(it.root)) told.push(...(await it.scanned()).folders);
    deepStrictEqual(told.filter((path) => path !== join(it.root, "a")), [it.root]);
    await Deno.remove(outside!, { recursive: true });
  });
});

Deno.test("a scan that cannot begin now is asked for again", async () => {
  await rig({ busy: 2 }, async ({ root, state, scanned }) => {
    await state(isWatching);
    await Deno.writeTextFile(join(root, "film.mkv"), "x");

    deepStrictEqual((await scanned()).folders, [root]);
  });
});

Deno.test("a folder of another machine is looked through at intervals, and says why", async () => {
  await rig({ remote: true, pollMs: 50 }, async ({ root, state, scanned }) => {
    const { mode, reason } = await state(() => true);
    strictEqual(mode, "polling");
    match(reason!, /another machine/);

    deepStrictEqual((await scanned()).folders, [root]);
    deepStrictEqual((await scanned()).folders, [root]);
  });
});

Deno.test("thousands of files at once are one look through the whole folder", async () => {
  await rig({}, async ({ root, state, scanned, scans }) => {
    await state(isWatching);
    const names = Array.from({ length: 3000 }, (_, at) => join(root, `${at}.mkv`));
    await Promise.all(names.map((path) => Deno.writeTextFile(path, "")));

    deepStrictEqual((await scanned()).folders, [root]);
    ok(scans.length <= 3);
  });
});

const unshare = Deno.build.os === "linux" &&
  await new Deno.Command("unshare", { args: ["-Ur", "true"] }).output().then(
    ({ success }) => success,
    () => false,
  );

Deno.test({
  name: "Linux without watches left: polling takes over, with the line that helps",
  ignore: !unshare,
}, async () => {
  const program = new URL("./few_watches.ts", import.meta.url).pathname;
  // Of its own namespace; for root, fs/inotify/max_user_watches is the whole machine's, and stays so.
  const script = 'echo 20 > /proc/sys/user/max_inotify_watches && exec "$@"';
  const args = [
    "-Ur",
    "sh",
    "-c",
    script,
    "sh",
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    program,
  ];
  const { stdout } = await new Deno.Command("unshare", { args }).output();
  const states: WatchState[] = JSON.parse(new TextDecoder().decode(stdout));

  const { mode, reason, fix } = states[0]!;
  strictEqual(mode, "polling");
  match(reason!, /no file watches left \(fs.inotify.max_user_watches is \d+\)/);
  match(fix!, /^sudo sysctl -w fs.inotify.max_user_watches=\d{6,}$/);
});

Deno.test({
  name: "a folder that may not be read is left out of the watch, the rest is watched",
  ignore: !hasRights,
}, async () => {
  const script = fileURLToPath(new URL("./locked_folder.ts", import.meta.url));
  const [program, args] = heldByRights(Deno.execPath(), "run", "-A", "--no-check", script);
  const { states, scans } = JSON.parse(await run(program, args, { timeoutMs: 60_000 }));

  deepStrictEqual(states, [
    { mode: "watching", leftOut: ["a/locked", "lost+found"] },
    { mode: "watching", leftOut: ["lost+found"] },
  ]);
  deepStrictEqual(scans, {
    "the root": [""],
    "a folder beside": ["b/deep"],
    "beside what is locked": ["a"],
    "in a new folder": ["new"],
    "in what was locked": ["a/locked"],
  });
});

Deno.test("watchProblem() knows what runs out, and tells the rest as it is", () => {
  const left = "OS file watch limit reached. about [..]";
  strictEqual(watchProblem(left, 20).fix, "sudo sysctl -w fs.inotify.max_user_watches=524288");
  const wanted = watchProblem(left, 600_000).fix;
  strictEqual(wanted, "sudo sysctl -w fs.inotify.max_user_watches=1200000");
  match(watchProblem("Too many open files (os error 24)").fix!, /max_user_instances=/);
  deepStrictEqual(watchProblem("Odd"), { reason: "Odd", hasFailed: true });
  match(watchProblem('Permission denied (os error 13) about ["/a"]').reason, /give this user/);
  deepStrictEqual(watchProblem("No path was found."), { reason: "It is not there" });
});
