/**
 * Long lists between our peer and our edge, and what they cost: nothing goes that has not gone,
 * nothing is said twice, and no step holds the program for long.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { textBytes } from "../../src/edge/batches.ts";
import { PublishedPeer } from "./published.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "./rig.ts";

/** Counts what the link asks, and finds files by id at once. */
class CountingLibrary extends MapLibrary {
  described: string[] = [];
  lists = 0;

  override catalogPage(after: string, limit: number) {
    if (after === "") this.lists++;
    return super.catalogPage(after, limit);
  }

  override describe(catalogIds: string[]) {
    this.described.push(...catalogIds);
    // Each is looked for from the start: enough of that.
    return super.describe(catalogIds.slice(0, 3));
  }
}

function manyFiles(count: number): CountingLibrary {
  return new CountingLibrary(...Array.from({ length: count }, (_, n) => `${n}.mp4`));
}

const sizeOf = async (rig: Awaited<ReturnType<typeof startEdge>>) =>
  (await rig.edge.findPeer("peer-1"))?.catalogSize ?? 0;

Deno.test("a list in parts never makes the catalogue smaller", grpcTest, async () => {
  const library = manyFiles(12_000);
  await using rig = await startEdge();
  await using peer = startLink(rig.address, library);
  await until(async () => (await sizeOf(rig)) === 12_000, "the whole list", 30_000);

  // A list of other content, so that it is sent: three parts, one title less and one more.
  library.files.delete("5.mp4");
  library.files.set("new.mp4", { sizeBytes: 1 });
  let smallest = Infinity;
  const polls = setInterval(async () => {
    const size = await sizeOf(rig);
    smallest = Math.min(smallest, size);
  }, 1);
  peer.link.offer();
  await until(async () =>
    (await titles(rig.edge)).length > 0 && library.files.get("new.mp4")?.catalogId
  );
  const { catalogId = "" } = library.files.get("new.mp4")!;
  await until(async () => (await rig.edge.findTitle(catalogId))?.online);
  await until(async () => (await sizeOf(rig)) === 12_000);
  clearInterval(polls);

  ok(smallest >= 11_999, `it shrank to ${smallest}`);
});

Deno.test("nothing is announced or described twice, unless it changed", grpcTest, async () => {
  const library = new CountingLibrary("a.mp4", "b.mp4");
  await using rig = await startEdge();
  await using peer = startLink(rig.address, library);
  await until(async () => library.described.length === 2 && (await titles(rig.edge)).length === 2);
  const before = library.lists;

  peer.link.offer();
  await until(() => library.lists > before);
  await sleep(50);
  strictEqual(library.described.length, 2);

  library.files.get("a.mp4")!.sizeBytes = 77;
  peer.link.offer();
  await until(async () => (await titles(rig.edge)).some(({ sizeBytes }) => sizeBytes === 77));
  deepStrictEqual(library.described.slice(2), [library.files.get("a.mp4")!.catalogId]);
});

Deno.test("a foreign peer's message is its whole list", grpcTest, async () => {
  await using rig = await startEdge();
  using peer = new PublishedPeer(rig.address, "old");
  const files = ["a", "b"].map((path) => ({ relative_path: path, size_bytes: 1 }));
  peer.send({ request_id: "o", batch_file_offer: { files } });
  const reply = await peer.receive("batch_file_offer_response");
  const ids = (reply.batch_file_offer_response as { files: { catalog_id: string }[] }).files
    .map(({ catalog_id: id }) => id);

  peer.send({ request_id: "1", catalog_announcement: { catalog_ids: ids } });
  await until(async () => (await titles(rig.edge)).length === 2);
  peer.send({ request_id: "2", catalog_announcement: { catalog_ids: ids.slice(1) } });
  await until(async () => (await titles(rig.edge)).length === 1);
  peer.send({ request_id: "2", catalog_announcement: { catalog_ids: ids.slice(0, 1) } });
  await until(async () => (await titles(rig.edge)).length === 2);
});

Deno.test("one large message of a peer leaves the edge its turns", grpcTest, async () => {
  await using rig = await startEdge();
  using peer = new PublishedPeer(rig.address, "big");
  const files = Array.from(
    { length: 20_000 },
    (_, n) => ({ relative_path: `${n}`, size_bytes: 1 }),
  );
  await peer.headers;
  let turns = 0;
  const meter = setInterval(() => turns++, 1);

  peer.send({ request_id: "o", batch_file_offer: { files } });
  let answered = 0;
  while (answered < files.length) {
    const reply = await peer.receive("batch_file_offer_response");
    strictEqual(reply.request_id, "o");
    answered += (reply.batch_file_offer_response as { files: unknown[] }).files.length;
  }
  clearInterval(meter);

  ok(turns >= 20, `${turns} turns`);
});

Deno.test("textBytes() is a text's size on the wire", () => {
  for (const text of ["", "abc", "ä", "日本", "🎬", "\ud800", crypto.randomUUID()]) {
    strictEqual(textBytes(text), Buffer.from(text).length + 8);
  }
});
