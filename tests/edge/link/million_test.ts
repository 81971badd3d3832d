/**
 * A library of a million files on a real stream: announced in parts, without being held at once; and
 * after a reconnect known by its digest.
 *
 * @module
 */
import { ok, strictEqual } from "node:assert/strict";
import { CatalogDigest, hashOf, SeenTexts } from "../../../src/edge/id_hash.ts";
import { edgeExtensions, type PeerMessage } from "../../../src/edge/messages.ts";
import { type EdgeStream, openGrpc } from "../../../src/edge/proto.ts";
import { listening } from "../listening.ts";
import { grpcTest, MapLibrary, startLink, until } from "../rig.ts";

const MILLION = 1_000_000;

/** As long as a UUID, and in order. */
function idOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** Makes its files up as they are asked for. */
class EndlessLibrary extends MapLibrary {
  constructor(readonly count = MILLION) {
    super();
  }

  override catalogPage(after: string, limit: number) {
    const from = after === "" ? 0 : Number.parseInt(after.slice(-12), 16) + 1;
    return Array.from({ length: Math.max(0, Math.min(limit, this.count - from)) }, (_, at) => ({
      catalogId: idOf(from + at),
      version: "1",
    }));
  }

  override describe() {
    return [];
  }
}

/** An edge that counts ids and forgets them. */
async function countingEdge(extensions: string[]) {
  const { lib, service } = await openGrpc();
  const server = new lib.Server();
  const seen = { ids: 0, messages: 0, largest: 0, lists: 0, digests: 0, digest: "", hellos: 0 };
  let held = new CatalogDigest();
  let stream: EdgeStream | undefined;
  server.addService(service, {
    asyncOperations(opened: EdgeStream) {
      stream = opened;
      stream.sendMetadata(new lib.Metadata());
      const say = (requestId: string, payload?: object) =>
        void opened.write({ requestId, edgeId: "e", ...payload && { payload } } as never);
      opened.on("error", () => {});
      opened.on("end", () => opened.end());
      opened.on("data", ({ requestId, payload }: PeerMessage) => {
        if (payload?.case === "hello" && extensions.length > 0) {
          seen.hellos++;
          say(requestId, { case: "hello", value: { version: 1, extensions, software: "" } });
        }
        if (payload?.case === "catalogDigest") {
          seen.digests++;
          const same = payload.value.digest === seen.digest;
          say(requestId, { case: "catalogDigestAnswer", value: { same } });
        }
        if (payload?.case === "catalogAnnouncement") {
          const { catalogIds } = payload.value;
          seen.messages++;
          seen.ids += catalogIds.length;
          seen.largest = Math.max(seen.largest, catalogIds.length);
          held.add(catalogIds);
        }
        if (payload?.case === "announcementEnd") {
          seen.lists++;
          seen.digest = held.toString();
          held = new CatalogDigest();
          say(requestId);
        }
        if (payload?.case === "ping") say(requestId);
      });
    },
    webrtcOperations: () => {},
  });
  const port = await listening(server, lib);
  const end = () => Promise.resolve(server.forceShutdown());
  const drop = () =>
    stream?.emit("error", Object.assign(new Error("x"), { code: 14, details: "" }));
  return { seen, drop, address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: end };
}

Deno.test("a million ids are announced in parts, and once", grpcTest, async () => {
  await using edge = await countingEdge(edgeExtensions);
  const before = Deno.memoryUsage().rss;
  let most = 0;
  const looks = setInterval(() => most = Math.max(most, Deno.memoryUsage().rss), 50);
  await using peer = startLink(edge.address, new EndlessLibrary(), {
    settings: { timeoutSec: 60 },
  });

  await until(() => edge.seen.lists === 1, "the list", 60_000);
  clearInterval(looks);
  strictEqual(edge.seen.ids, MILLION);
  strictEqual(edge.seen.largest, 5000);
  const grown = (most - before) / 1024 ** 2;
  ok(grown < 300, `both ends took ${grown.toFixed()} MiB`);

  // It has lost nothing but the stream.
  edge.drop();
  await until(() => edge.seen.digests === 2, "the digest", 60_000);
  peer.link.offer();
  await until(() => metric(peer.link.metrics(), "lists_spared_total") === 1, "its answer");
  strictEqual(edge.seen.lists, 1);
  strictEqual(edge.seen.ids, MILLION);
});

Deno.test("to a foreign edge many ids go in messages that fit", grpcTest, async () => {
  await using edge = await countingEdge([]);
  await using _ = startLink(edge.address, new EndlessLibrary(120_000), {
    timing: { helloMs: 1 },
  });

  await until(() => edge.seen.ids === 120_000, "all ids");

  strictEqual(edge.seen.messages, 3);
  strictEqual(edge.seen.largest, 50_000);
});

Deno.test("CatalogDigest does not care for order, and tells lists apart", () => {
  const digestOf = (ids: string[]) => {
    const digest = new CatalogDigest();
    digest.add(ids);
    return `${digest}`;
  };
  const ids = Array.from({ length: 20_000 }, (_, n) => idOf(n));
  const all = new Set<string>();

  strictEqual(digestOf(ids), digestOf(ids.toReversed()));
  strictEqual(digestOf(["a", "b"]), "a5fcf55c09ae0cd985e85e3e55db9c35");
  strictEqual(digestOf([]), "0".repeat(32));
  for (let n = 0; n < 2000; n++) {
    all.add(digestOf(ids.slice(0, 5).toSpliced(n % 5, 1, idOf(n + 9))));
  }
  strictEqual(all.size, 2000);
});

Deno.test("SeenTexts knows what it was told, and takes little room", () => {
  const seen = new SeenTexts();
  for (let n = 0; n < 100_000; n++) seen.add(hashOf(idOf(n)));
  for (let n = 0; n < 100_000; n++) seen.add(hashOf(idOf(n)));

  strictEqual(seen.size, 100_000);
  for (let n = 0; n < 200_000; n++) strictEqual(seen.has(hashOf(idOf(n))), n < 100_000);
});

function metric(all: { name: string; samples: { value: unknown }[] }[], name: string): unknown {
  return all.find((it) => it.name === `giggityflix_link_${name}`)?.samples[0]?.value;
}
