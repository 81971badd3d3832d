/** Watch states over real scans: they follow the film, whatever its file is called and lies. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { openChanges } from "../../../src/items/changes/changes.ts";
import { createWatch } from "../../../src/items/watch/watch.ts";
import { samples } from "../../helpers/clips.ts";
import { openRig } from "../../media/rig.ts";

async function openFilms() {
  const films = await openRig();
  const publish = () => {};
  const changes = openChanges({ db: films.db, publish });
  const watch = createWatch({ db: films.db, changes, publish });
  const by = { user: "owner" };
  return {
    ...films,
    begin: (name: string) => {
      watch.update(films.find(name).id, { positionMs: 400, favorite: true }, by);
    },
    /** The position and whether it is a favourite, by file. */
    seen: (name: string) => {
      const { positionMs, favorite } = watch.find(films.find(name).id, "owner");
      return [positionMs, favorite];
    },
    identityOf: (name: string) =>
      films.db.get<{ identity: string | null }>(
        "SELECT identity FROM media WHERE id = ?",
        films.find(name).id,
      )!.identity,
    [Symbol.asyncDispose]: () => films[Symbol.asyncDispose](),
  };
}

const begun = [400, true];
const unseen = [0, false];

Deno.test("a film that is renamed, copied, or moved to another folder is as far seen", async () => {
  await using rig = await openFilms();
  const other = join(rig.dir.path, "other");
  await Deno.mkdir(other);
  rig.settings.roots = [rig.root, other];
  await rig.file("heat.webm", await Deno.readFile(samples.webm));
  await rig.file("ronin.mp4", await Deno.readFile(samples.mp4));
  await rig.scan();
  ok(rig.identityOf("heat.webm"), "its content has a name");
  rig.begin("heat.webm");
  deepStrictEqual([rig.seen("heat.webm"), rig.seen("ronin.mp4")], [begun, unseen]);

  await Deno.rename(join(rig.root, "heat.webm"), join(rig.root, "Heat (1995).webm"));
  await rig.scan();
  deepStrictEqual(rig.seen("Heat (1995).webm"), begun, "renamed");

  await Deno.copyFile(join(rig.root, "Heat (1995).webm"), join(other, "copy.webm"));
  await rig.scan();
  deepStrictEqual(rig.seen("copy.webm"), begun, "copied");

  await Deno.remove(join(rig.root, "Heat (1995).webm"));
  await Deno.rename(join(other, "copy.webm"), join(rig.root, "back.webm"));
  await rig.scan();
  deepStrictEqual(rig.seen("back.webm"), begun, "moved to the other folder");
  deepStrictEqual(rig.seen("ronin.mp4"), unseen);
});

Deno.test("a film that is edited in its place is as far seen, and its copy as far as it was", async () => {
  await using rig = await openFilms();
  const content = await Deno.readFile(samples.webm);
  await rig.file("heat.webm", content);
  await rig.file("copy.webm", content);
  await rig.scan();
  rig.begin("heat.webm");
  const before = rig.identityOf("heat.webm");

  // A void element at the end: another size and another end, the same film.
  const more = new Uint8Array([0xec, 0x83, 1, 2, 3]);
  await rig.file("heat.webm", new Uint8Array([...content, ...more]));
  await rig.scan();

  ok(rig.identityOf("heat.webm") && rig.identityOf("heat.webm") !== before, "it is other content");
  deepStrictEqual([rig.seen("heat.webm"), rig.seen("copy.webm")], [begun, begun]);
  strictEqual(
    rig.db.get("SELECT count(*) AS n FROM watch_states WHERE content_key LIKE 'item:%'")?.n,
    0,
    "nothing stays under the name that it had meanwhile",
  );
});
