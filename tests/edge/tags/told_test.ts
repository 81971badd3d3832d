/** Tags from a peer to its edge: only to one of its own, each change once, and by bounds. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { makeIdentityKey } from "../../../src/edge/identity/mod.ts";
import { edgeExtensions, type TitleTags } from "../../../src/edge/messages.ts";
import { boundedTags } from "../../../src/edge/mod.ts";
import { grpcTest, startEdge, startLink, titles, until } from "../rig.ts";
import { TaggedLibrary } from "./library.ts";

Deno.test("boundedTags() keeps each path once, in order, and says what it has left out", () => {
  const of = (...paths: string[]) => boundedTags({ paths, isComplete: true });
  const kept = (...paths: string[]): TitleTags => ({ paths, isComplete: true });
  const many = Array.from({ length: 300 }, (_, n) => `t${1000 + n}`);

  deepStrictEqual(of("b", "a/c", "b", "ørsted/车辆"), kept("a/c", "b", "ørsted/车辆"));
  deepStrictEqual(of(), kept());
  deepStrictEqual(of(...many), { paths: many.slice(0, 200), isComplete: false });
  const same = Array.from({ length: 1001 }, () => "a");
  deepStrictEqual(of(...same.slice(1)), kept("a"));
  deepStrictEqual(of(...same), { paths: ["a"], isComplete: false });
  for (const bad of ["Kids", "a//b", "/a", "", "a b", "a\0b", "x".repeat(20_000)]) {
    deepStrictEqual(of("a", bad), { paths: ["a"], isComplete: false }, bad);
  }
  strictEqual(boundedTags({ paths: ["a"], isComplete: false }).isComplete, false);
});

Deno.test("a peer tells tags to its own edge, and changes of them, once", grpcTest, async () => {
  await using rig = await startEdge();
  const library = new TaggedLibrary({ "Alien.mp4": ["horror"], "Up.mp4": [] });
  await using peer = startLink(rig.address, library, { settings: { isOwnEdge: true } });
  const said = async (title: string) => {
    const found = (await titles(rig.edge)).find((it) => it.title === title);
    const all = await rig.edge.tagsOf([found?.catalogId ?? ""]);
    return all.get(found?.catalogId ?? "")?.get("peer-1");
  };
  const told = (title: string, ...paths: string[]) =>
    until(async () => JSON.stringify((await said(title))?.paths) === JSON.stringify(paths), title);

  await told("The Alien.mp4", "horror");
  deepStrictEqual(await said("The Up.mp4"), { paths: [], isComplete: true });
  await rig.event("catalog.tagged");
  const before = library.described;

  // There and back again: what was said last holds.
  for (const paths of [["kids"], ["horror"], ["kids", "kids/old"], []]) {
    library.tag("Alien.mp4", ...paths);
    peer.link.retell("tags");
    await told("The Alien.mp4", ...paths);
  }
  deepStrictEqual(await said("The Up.mp4"), { paths: [], isComplete: true });
  strictEqual(library.described - before, 4, "only what has changed is described");
});

Deno.test("an edge that was not joined hears no tags", grpcTest, async () => {
  const key = makeIdentityKey();
  await using rig = await startEdge({ identity: { key: makeIdentityKey() } });
  const library = new TaggedLibrary({ "Alien.mp4": ["horror"] });
  const pins: { of?: string } = {};
  const identity = { key, timeoutMs: 5000, pinOf: () => pins.of };
  await using peer = startLink(rig.address, library, { settings: { identity } });
  await until(async () => (await titles(rig.edge))[0]?.media);
  const [{ catalogId } = { catalogId: "" }] = await titles(rig.edge);
  const said = async () => (await rig.edge.tagsOf([catalogId])).get(catalogId)?.get("peer-1");

  strictEqual(library.withTags, 0);
  strictEqual(await said(), undefined);

  // It has proved its key all along: from now on that is the key of one that was joined.
  pins.of = rig.edge.identities.fingerprint;
  peer.link.offer();
  await until(async () => (await said())?.paths[0] === "horror", "the tag");

  // And is none of ours any more: then nothing is known, either.
  pins.of = makeIdentityKey().fingerprint;
  peer.link.offer();
  await until(async () => await said() === undefined, "no tag");
});

Deno.test("an old edge, which says nothing of tags, is told none", grpcTest, async () => {
  const at = edgeExtensions.indexOf("tags");
  edgeExtensions.splice(at, 1);
  try {
    await using rig = await startEdge();
    const library = new TaggedLibrary({ "Alien.mp4": ["horror"] });
    await using peer = startLink(rig.address, library, { settings: { isOwnEdge: true } });
    await until(async () => (await titles(rig.edge))[0]?.media);
    const before = library.described;
    library.tag("Alien.mp4", "kids");
    peer.link.retell("tags");
    library.files.set("Up.mp4", { sizeBytes: 7 });
    peer.link.offer();
    await until(async () => (await titles(rig.edge)).filter(({ media }) => media).length === 2);

    deepStrictEqual([library.withTags, library.described - before], [0, 1]);

    // But what is called something else is.
    library.files.get("Alien.mp4")!.sizeBytes = 99;
    peer.link.retell("titles");
    await until(() => library.described - before === 2, "the title");
  } finally {
    edgeExtensions.splice(at, 0, "tags");
  }
});
