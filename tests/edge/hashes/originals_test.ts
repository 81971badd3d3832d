/**
 * Files of peers that know the published messages only, and of others: the same content is one title.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { migrations, openDatabase, openSqliteState } from "../../../src/db/mod.ts";
import { type Message, PublishedPeer } from "../published.ts";
import { type EdgeRig, grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../rig.ts";

const hashPace = { changeMs: 1, askMs: 0, lookMs: 5 };

/** An md5 of this text, as far as anybody can tell. */
const md5Of = (content: string) => new TextEncoder().encode(content).toHex().padEnd(32, "0");

/** Says the identity of its files, and their hashes when it is asked. Sizes are given. */
class ContentLibrary extends MapLibrary {
  asked = 0;

  constructor(readonly contents: Record<string, { content: string; sizeBytes: number }>) {
    super(...Object.keys(contents));
    for (const [path, file] of this.files) file.sizeBytes = contents[path]!.sizeBytes;
  }

  override describe(ids: string[]) {
    return super.describe(ids).map((it) => {
      const { content } = this.contents[it.title.slice("The ".length)]!;
      return { ...it, contentHash: `1d${md5Of(content).slice(0, 14)}` };
    });
  }

  override hashes(catalogId: string): Promise<Record<string, string>> {
    this.asked++;
    const path = [...this.files].find(([, file]) => file.catalogId === catalogId)![0];
    return Promise.resolve({ md5: md5Of(this.contents[path]!.content) });
  }
}

/** An original peer: it answers as the seed's does, and follows remaps without a word. */
async function joinOriginal(
  edge: EdgeRig,
  peerId: string,
  files: Record<string, { content?: string; sizeBytes: number }>,
) {
  const peer = new PublishedPeer(edge.address, peerId);
  const offer = Object.entries(files)
    .map(([path, { sizeBytes }]) => ({ relative_path: path, size_bytes: sizeBytes }));
  peer.send({ request_id: "o", batch_file_offer: { files: offer } });
  const { batch_file_offer_response: given } = await peer.receive("batch_file_offer_response");
  const ids = new Map(
    (given as { files: { relative_path: string; catalog_id: string }[] }).files
      .map((it) => [it.catalog_id, it.relative_path]),
  );
  /** Paths that it was asked for, in order. */
  const asked: string[] = [];
  const announce = (requestId: string) =>
    peer.send({ request_id: requestId, catalog_announcement: { catalog_ids: [...ids.keys()] } });
  const state = { isSilent: false };
  peer.answer = (message: Message) => {
    const requestId = String(message.request_id);
    const hash = message.file_hash_request as { catalog_id: string } | undefined;
    const remap = message.file_remap_request as
      | { old_catalog_id: string; new_catalog_id: string }
      | undefined;
    if (hash) {
      const path = ids.get(hash.catalog_id);
      asked.push(String(path));
      if (state.isSilent) return true;
      const content = path === undefined ? undefined : files[path]?.content;
      const hashes = content === undefined ? {} : { md5: md5Of(content) };
      const said = { "catalog_id": hash.catalog_id, hashes, success: true };
      peer.send({ request_id: requestId, file_hash_response: said });
    } else if (remap) {
      const path = ids.get(remap.old_catalog_id);
      ids.delete(remap.old_catalog_id);
      if (path !== undefined) ids.set(remap.new_catalog_id, path);
    } else if (message.catalog_announcement_request) announce(requestId);
    else return false;
    return true;
  };
  announce("a");
  return Object.assign(peer, { ids, asked, state });
}

/** Paths of each title's copies, by peer. */
async function copies({ edge }: EdgeRig): Promise<string[][]> {
  const items = await titles(edge);
  return items.map(({ replicas }) => replicas.map((it) => `${it.peerId}:${it.relativePath}`))
    .toSorted();
}

Deno.test(
  "an original's file is a copy of the title with the same content, and is called so",
  grpcTest,
  async () => {
    await using rig = await startEdge({ hashPace });
    const library = new ContentLibrary({
      "heat.mkv": { content: "heat", sizeBytes: 100 },
      "alien.mkv": { content: "alien", sizeBytes: 200 },
      "other.mkv": { content: "other", sizeBytes: 300 },
    });
    await using _ours = startLink(rig.address, library, { settings: { peerId: "ours" } });
    await until(async () => (await titles(rig.edge)).filter((it) => it.contentHash).length === 3);

    using old = await joinOriginal(rig, "old", {
      "Films/Heat (1995).avi": { content: "heat", sizeBytes: 100 },
      "Films/longer.avi": { content: "longer", sizeBytes: 101 },
      "Films/not alien.avi": { content: "not alien", sizeBytes: 200 },
      "Films/nobody knows.avi": { sizeBytes: 300 },
    });
    await until(async () => (await copies(rig)).some((it) => it.length === 2));

    deepStrictEqual(await copies(rig), [
      ["old:Films/Heat (1995).avi", "ours:heat.mkv"],
      ["old:Films/longer.avi"],
      ["old:Films/nobody knows.avi"],
      ["old:Films/not alien.avi"],
      ["ours:alien.mkv"],
      ["ours:other.mkv"],
    ]);
    const heat = (await titles(rig.edge)).find((it) => it.replicas.length === 2)!;
    strictEqual(heat.title, "The heat.mkv");
    strictEqual(heat.availablePeerCount, 2);
    // It has followed the remap, and its list has told so.
    await until(() => old.ids.get(heat.catalogId) === "Films/Heat (1995).avi");
    await until(async () => {
      const sql = "SELECT 1 FROM replicas WHERE peer_id = 'old' AND remapping = 1";
      return await rig.state.get(sql) === undefined;
    });
    await until(() => old.asked.length === 3);
    strictEqual(old.asked.includes("Films/longer.avi"), false, "nothing else is as long");
    strictEqual(library.asked, 2, "of what an original's might be");
  },
);

Deno.test(
  "originals are compared with each other, and what was said is not asked again",
  grpcTest,
  async () => {
    const state = openSqliteState(openDatabase(":memory:", migrations.edge));
    const files = (name: string) => ({
      [`${name}/a.avi`]: { content: "a", sizeBytes: 10 },
      [`${name}/b.avi`]: { content: "b", sizeBytes: 10 },
      [`${name}/again.avi`]: { content: "a", sizeBytes: 10 },
    });
    const expected = [
      ["one:one/a.avi", "one:one/again.avi", "two:two/a.avi", "two:two/again.avi"],
      ["one:one/b.avi", "two:two/b.avi"],
    ];
    {
      await using rig = await startEdge({ state, hashPace });
      using one = await joinOriginal(rig, "one", files("one"));
      using two = await joinOriginal(rig, "two", files("two"));
      await until(async () => JSON.stringify(await copies(rig)) === JSON.stringify(expected));
      // Nobody was asked twice, whoever had to know.
      for (const { asked } of [one, two]) deepStrictEqual(asked, [...new Set(asked)]);
      strictEqual(one.asked.length + two.asked.length, 6);
    }

    await using rig = await startEdge({ state, hashPace });
    using three = await joinOriginal(rig, "three", { "c.avi": { content: "b", sizeBytes: 10 } });
    await until(async () => (await copies(rig)).some((it) => it.length === 3));

    deepStrictEqual(three.asked, ["c.avi"], "the others, who are away, have said it");
    deepStrictEqual((await copies(rig)).map((it) => it.length), [4, 3]);
  },
);

Deno.test("a copy that has become longer is another title again", grpcTest, async () => {
  await using rig = await startEdge({ hashPace });
  using _one = await joinOriginal(rig, "one", { "a.avi": { content: "a", sizeBytes: 10 } });
  {
    using _two = await joinOriginal(rig, "two", { "b.avi": { content: "a", sizeBytes: 10 } });
    await until(async () => (await copies(rig)).length === 1);
  }
  await until(() => rig.edge.onlineCount() === 1);

  using two = await joinOriginal(rig, "two", { "b.avi": { content: "b", sizeBytes: 11 } });
  await until(async () => (await copies(rig)).length === 2);

  const items = await titles(rig.edge);
  deepStrictEqual(
    items.map(({ title, sizeBytes }) => [title, sizeBytes]).toSorted(),
    [["a", 10], ["b", 11]],
  );
  deepStrictEqual(await copies(rig), [["one:a.avi"], ["two:b.avi"]]);
  const anew = items.find((it) => it.sizeBytes === 11)!;
  await until(() => two.ids.has(anew.catalogId));
});

Deno.test(
  "an original that goes in the middle is asked for the rest when it comes back",
  grpcTest,
  async () => {
    await using rig = await startEdge({ hashPace });
    const library = new ContentLibrary({ "heat.mkv": { content: "heat", sizeBytes: 100 } });
    await using _ours = startLink(rig.address, library, { settings: { peerId: "ours" } });
    await until(async () => (await titles(rig.edge)).some((it) => it.contentHash));
    const files = {
      "a.avi": { content: "a", sizeBytes: 100 },
      "b.avi": { content: "b", sizeBytes: 100 },
      "heat.avi": { content: "heat", sizeBytes: 100 },
    };
    const first: string[] = [];
    {
      using old = await joinOriginal(rig, "old", files);
      // It takes the second question with it.
      const answer = old.answer;
      old.answer = (message) => {
        old.state.isSilent = old.asked.length === 1;
        return answer(message);
      };
      await until(() => old.asked.length === 2);
      first.push(...old.asked);
    }
    await until(() => rig.edge.onlineCount() === 1);

    using old = await joinOriginal(rig, "old", files);
    await until(async () => (await copies(rig)).some((it) => it.length === 2));
    await until(() => first.length + old.asked.length >= 4);

    strictEqual(old.asked.includes(first[0]!), false, "that was said");
    ok(old.asked.includes(first[1]!), "that was not");
    deepStrictEqual((await copies(rig)).filter((it) => it.length === 2), [[
      "old:heat.avi",
      "ours:heat.mkv",
    ]]);
  },
);

Deno.test("a peer that says its content itself is not asked for nothing", grpcTest, async () => {
  await using rig = await startEdge({ hashPace });
  const files = { "heat.mkv": { content: "heat", sizeBytes: 100 } };
  const [one, two] = [new ContentLibrary(files), new ContentLibrary(files)];
  await using _one = startLink(rig.address, one, { settings: { peerId: "one" } });
  await using _two = startLink(rig.address, two, { settings: { peerId: "two" } });
  await until(async () => (await copies(rig)).some((it) => it.length === 2));
  // One that has nothing as long comes, is looked at, and asked for nothing.
  using old = await joinOriginal(rig, "old", { "c.avi": { content: "c", sizeBytes: 7 } });
  await until(async () => (await copies(rig)).length === 2);

  deepStrictEqual([one.asked, two.asked, old.asked.length], [0, 0, 0]);
});
