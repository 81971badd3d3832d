import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { ConflictError, DeniedError, UnavailableError } from "../../../src/base/errors.ts";
import { openNfos } from "../../../src/items/exchange/mod.ts";
import { isSigned, signed } from "../../../src/items/exchange/nfo/write_file.ts";
import { openNfoReader } from "../../../src/media/nfo/read_nfo.ts";
import { canMountSmall, mountSmall, tool } from "../../helpers/mounts.ts";
import { tempDir } from "../../helpers/temp.ts";
import { addFilm, openRig as openRooms, signal } from "./rig.ts";

async function openRig() {
  await using held = new AsyncDisposableStack();
  const dir = held.use(await tempDir());
  const rooms = held.use(openRooms());
  const root = join(dir.path, "films");
  await Deno.mkdir(root);
  const nfos = openNfos({ ...rooms, mediaFolders: () => [root] });
  const stack = held.move();
  const { db } = rooms;
  return {
    ...rooms,
    nfos,
    dir,
    root,
    /** A film that a scan has found, with a file. */
    async film(id: string, name = `${id}.mkv`): Promise<string> {
      addFilm(db, id, { root, path: name });
      return await dir.file(`films/${name}`, "a film");
    },
    /** What a scan has read beside it. */
    found(id: string, nfo: Record<string, unknown>) {
      const details = JSON.stringify({
        nfo: { path: "x.nfo", kind: "movie", modifiedMs: 1, ...nfo },
      });
      db.run("DELETE FROM media_details WHERE media_id = ?", id);
      db.run("INSERT INTO media_details VALUES (?, ?)", id, details);
    },
    tagsOf: (id: string) => rooms.tags.links.tagsOf(id).map((it) => rooms.tags.get(it).path).sort(),
    creditsOf: (id: string) =>
      rooms.people.credits.of(id).map((it) =>
        `${rooms.people.get(it.personId).name}: ${it.role} ${it.creditedAs ?? "-"}`
      ),
    names: (folder = root) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const heat = {
  genres: ["Crime", "Action/Adventure"],
  tags: ["Heist"],
  actors: [{ name: "Al Pacino", role: "Hanna", order: 1 }, { name: "Robert De Niro", order: 0 }],
  directors: ["Michael Mann"],
  credits: ["Michael Mann"],
  set: "Mann",
  userRating: 9,
};

Deno.test("what an NFO says comes to its item once, and can be undone", async () => {
  await using rig = await openRig();
  await rig.film("m");
  rig.found("m", heat);

  const first = await rig.nfos.take(signal);
  const tags = rig.tagsOf("m");
  const credits = rig.creditsOf("m");
  const again = await rig.nfos.take(signal);
  rig.found("m", heat); // the same NFO, of another scan
  const third = await rig.nfos.take(signal);
  const [batch] = rig.changes.list({ limit: 1 }).map((it) => it.batch);
  const inSet = rig.collections.of("m").length;
  const users = new Set(rig.changes.list({ limit: 100 }).map((it) => it.user));
  await rig.changes.undo(batch!, "owner");

  deepStrictEqual([first, again, third], [1, 0, 0]);
  deepStrictEqual(tags, ["genre/action-adventure", "genre/crime", "heist"]);
  deepStrictEqual(credits, [
    "Michael Mann: director -",
    "Michael Mann: writer -",
    "Robert De Niro: actor -",
    "Al Pacino: actor Hanna",
  ]);
  deepStrictEqual([inSet, [...users].sort()], [1, ["nfo", "owner"]]);
  deepStrictEqual([rig.tagsOf("m"), rig.creditsOf("m"), rig.collections.of("m")], [[], [], []]);
});

Deno.test("what a person has said stays, and what a person has taken away stays away", async () => {
  await using rig = await openRig();
  await rig.film("m");
  rig.found("m", heat);
  rig.ratings.rate("m", 2, { user: "owner" });
  await rig.nfos.take(signal);
  rig.tags.links.unlink("m", rig.tags.find("heist")!.id, rig.by());
  const pacino = rig.people.find("al pacino")!.id;
  rig.people.credits.unlink("m", { personId: pacino, role: undefined }, rig.by());
  const { id } = rig.collections.list({ after: "", limit: 1 })[0]!;
  await rig.collections.take(id, ["m"], rig.by());

  rig.found("m", { ...heat, tags: ["Heist", "New"], modifiedMs: 2 });
  const taken = await rig.nfos.take(signal);

  strictEqual(taken, 1);
  deepStrictEqual(rig.tagsOf("m"), ["genre/action-adventure", "genre/crime", "new"]);
  ok(!rig.creditsOf("m").join().includes("Pacino"));
  deepStrictEqual(rig.collections.of("m"), []);
  strictEqual(rig.ratings.find("m", "owner")!.stars, 2);
});

Deno.test("an NFO that is written says what is known, and a scan learns nothing from it", async () => {
  await using rig = await openRig();
  const film = await rig.film("m", "Heat (1995).mkv");
  rig.found("m", {
    ...heat,
    tagline: "A Los Angeles crime saga",
    uniqueIds: [{ type: "imdb", value: "tt0113277" }],
  });
  await rig.nfos.take(signal);
  rig.items.edit("m", { title: "Heat & <Fire>", year: 1995, description: "Two men" }, {
    user: "owner",
  });

  const { path, modifiedMs } = await rig.nfos.write("m", { user: "owner" });
  const text = await Deno.readTextFile(path);
  const read = (await openNfoReader())(new TextEncoder().encode(text));
  rig.found("m", { ...heat, tags: ["From ourselves"], modifiedMs });
  const taken = await rig.nfos.take(signal);

  strictEqual(path, film.replace(".mkv", ".nfo"));
  ok(isSigned(text));
  deepStrictEqual(
    [read.kind, read.title, read.year, read.plot, read.set, read.userRating, read.tagline],
    ["movie", "Heat & <Fire>", 1995, "Two men", "Mann", 9, "A Los Angeles crime saga"],
  );
  deepStrictEqual([read.genres, read.tags], [["Action-Adventure", "Crime"], ["Heist"]]);
  deepStrictEqual([read.directors, read.credits], [["Michael Mann"], ["Michael Mann"]]);
  deepStrictEqual(read.actors?.map(({ name, role }) => [name, role]), [
    ["Robert De Niro", undefined],
    ["Al Pacino", "Hanna"],
  ]);
  strictEqual(read.uniqueIds?.[0]?.value, "tt0113277");
  strictEqual(taken, 0);
  deepStrictEqual(rig.names(), ["Heat (1995).mkv", "Heat (1995).nfo"]);
});

Deno.test("an NFO of somebody else stays, or is kept aside when it is to be replaced", async () => {
  await using rig = await openRig();
  await rig.film("m");
  const path = await rig.dir.file("films/m.nfo", "<movie><title>Theirs</title></movie>");
  const user = "owner";

  await rejects(rig.nfos.write("m", { user }), ConflictError);
  const replaced = await rig.nfos.write("m", { user, overwrite: true });
  const ours = await rig.nfos.write("m", { user });
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("<title>m<", "<title>X<"));
  await rejects(rig.nfos.write("m", { user }), ConflictError);
  const edited = await rig.nfos.write("m", { user, overwrite: true });

  deepStrictEqual([replaced.kept, ours.kept, edited.kept], [
    `${path}.bak`,
    undefined,
    `${path}.bak2`,
  ]);
  ok((await Deno.readTextFile(`${path}.bak`)).includes("Theirs"));
  ok((await Deno.readTextFile(`${path}.bak2`)).includes("<title>X<"));
  deepStrictEqual(rig.names(), ["m.mkv", "m.nfo", "m.nfo.bak", "m.nfo.bak2"]);
});

Deno.test("nothing is written outside of the media folders, whatever links lead there", async () => {
  await using rig = await openRig();
  const user = "owner";
  await rig.dir.file("outside/film.mkv", "a film");
  await Deno.symlink(`${rig.dir.path}/outside`, `${rig.root}/link`);
  addFilm(rig.db, "linked", { root: rig.root, path: "link/film.mkv" });
  // A link where the NFO shall be: what it leads to is not touched.
  await rig.film("m");
  const secret = await rig.dir.file("outside/secret", "secret");
  await Deno.symlink(secret, `${rig.root}/m.nfo`);

  await rejects(rig.nfos.write("linked", { user, overwrite: true }), DeniedError);
  await rejects(rig.nfos.write("m", { user }), ConflictError);
  await rig.nfos.write("m", { user, overwrite: true });

  deepStrictEqual(rig.names(`${rig.dir.path}/outside`), ["film.mkv", "secret"]);
  strictEqual(await Deno.readTextFile(secret), "secret");
  ok((await Deno.lstat(`${rig.root}/m.nfo`)).isFile);
});

Deno.test("a film that is away, gone or never was is told", async () => {
  await using rig = await openRig();
  const user = "owner";
  await rig.film("away");
  rig.db.run("UPDATE media SET offline_since = '2026-01-01' WHERE id = 'away'");
  const { id } = rig.items.create({ title: "No file" }, { user });

  await rejects(rig.nfos.write("away", { user }), UnavailableError);
  await rejects(rig.nfos.write(id, { user }), ConflictError);
});

Deno.test({
  name: "a read-only or full file system is told, and nothing half-written is left",
  ignore: !await canMountSmall(),
}, async () => {
  await using rig = await openRig();
  const user = "owner";
  await using _mounted = await mountSmall(rig.root, "64k");
  await rig.film("m");
  await Deno.writeFile(`${rig.root}/ballast`, new Uint8Array(48 * 1024));
  rig.items.edit("m", { description: "x".repeat(20_000) }, { user });
  await rejects(rig.nfos.write("m", { user }), /full/);
  const names = rig.names();
  await tool("mount", "-o", "remount,ro", rig.root);
  await rejects(rig.nfos.write("m", { user }), /read-only/);

  deepStrictEqual(names, ["ballast", "m.mkv"]);
});

Deno.test("a signature fits its text only", () => {
  const text = signed('<?xml version="1.0"?>\n<movie>\n</movie>\n');

  ok(isSigned(text));
  ok(!isSigned(text.replace("movie", "film")));
  ok(!isSigned("<movie></movie>"));
});
