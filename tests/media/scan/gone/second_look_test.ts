/** Files that a walk has not found are looked for once more before they are missing. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { UnavailableError } from "../../../../src/base/errors.ts";
import { deviceOf, lookAgain, MOST_LOOKS } from "../../../../src/media/scan/gone/second_look.ts";
import { touchFreely } from "../../../../src/media/scan/walk/touch.ts";
import { wav } from "../../../helpers/clips.ts";
import { tempDir } from "../../../helpers/temp.ts";
import { openRig } from "../../rig.ts";

const touch = touchFreely;

/** A store that knows these paths, by their places in the list. */
const storeOf = (paths: string[]) => ({
  pathsOf: (rowids: readonly number[]) => rowids.map((rowid) => ({ rowid, path: paths[rowid]! })),
});

Deno.test("what vanished for a moment in the middle of a walk is not missing", async () => {
  let onSettle = () => Promise.resolve();
  const places = async () => {
    await onSettle();
    return [];
  };
  await using rig = await openRig({ deps: () => ({ places }) });
  for (let seed = 0; seed < 20; seed++) await rig.file(`s${seed % 5}/${seed}.wav`, wav(seed));
  await rig.scan();
  const [here, away] = [join(rig.root, "s0"), join(rig.dir.path, "away")];
  await Deno.remove(join(rig.root, "s1/1.wav"));
  const moves = [[here, away], [away, here]] as const;
  let moved = 0;
  onSettle = async () => {
    const move = moves[moved++];
    if (move) await Deno.rename(...move);
  };

  const report = await rig.scan();

  strictEqual(moved >= 2, true, "it was away while the walk came by");
  deepStrictEqual([report.files, report.gone], [15, 1]);
  const missing = rig.files().filter(({ status }) => status === "missing");
  deepStrictEqual(missing.map(({ relativePath }) => relativePath), ["s1/1.wav"]);
});

Deno.test("lookAgain() believes only what it does not see either", async () => {
  await using dir = await tempDir();
  const root = dir.path;
  await dir.file("here.mkv", "");
  await dir.file("elsewhere/linked.mkv", "");
  await dir.file("file", "");
  await Deno.mkdir(join(root, "folder.mkv"));
  await Deno.symlink("elsewhere", join(root, "link"));
  await Deno.symlink("here.mkv", join(root, "link.mkv"));
  const paths = [
    ...["here.mkv", "gone.mkv", "gone/too.mkv", "folder.mkv", "link.mkv", "link/linked.mkv"],
    ...["file/in.mkv", "elsewhere/linked.mkv"],
  ];
  const store = storeOf(paths);
  const device = await deviceOf(root, touch);
  const all = paths.map((_, rowid) => rowid);

  const absent = await lookAgain(all, { root, device }, { store, touch });

  deepStrictEqual(absent, [1, 2, 3, 4, 5, 6]);
  deepStrictEqual(await lookAgain([], { root, device }, { store, touch }), []);
});

Deno.test("lookAgain() believes nothing where something else is mounted, or nothing answers", async () => {
  await using dir = await tempDir();
  const root = dir.path;
  const store = storeOf(["gone.mkv"]);
  const device = await deviceOf(root, touch);
  const look = (its: number | undefined, how = touch) =>
    lookAgain([0], { root, device: its }, { store, touch: how });

  deepStrictEqual(await look(device), [0]);
  deepStrictEqual(await look(device! + 1), []);
  deepStrictEqual(await look(undefined), [], "there was nothing, and something is there now");
  deepStrictEqual(await look(device, () => Promise.reject(new UnavailableError("hangs"))), []);
  let asked = 0;
  const goesAway: typeof touch = async (_path, work) => {
    if (++asked === 3) await Deno.rename(root, `${root}-away`);
    return await work(() => {});
  };
  deepStrictEqual(await look(device, goesAway), [], "it went away meanwhile");
  strictEqual(asked, 3);
  await Deno.rename(`${root}-away`, root);
});

Deno.test("lookAgain() looks at some of very many, and believes all or none", async () => {
  await using dir = await tempDir();
  const root = dir.path;
  const paths = Array.from({ length: MOST_LOOKS * 3 }, (_, at) => `${at}.mkv`);
  const all = paths.map((_, rowid) => rowid);
  const device = await deviceOf(root, touch);
  let looks = 0;
  const known = storeOf(paths);
  const store = {
    pathsOf: (rowids: readonly number[]) => (looks += rowids.length, known.pathsOf(rowids)),
  };

  deepStrictEqual(await lookAgain(all, { root, device }, { store, touch }), all);
  strictEqual(looks, MOST_LOOKS);
  await dir.file("0.mkv", "");
  deepStrictEqual(await lookAgain(all, { root, device }, { store, touch }), []);
});
