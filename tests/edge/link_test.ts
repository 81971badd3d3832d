/**
 * The peer's end against our edge, over real gRPC on loopback.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import {
  ConflictError,
  FatalError,
  NotFoundError,
  UnavailableError,
} from "../../src/base/errors.ts";
import { peerExtensions } from "../../src/edge/messages.ts";
import { CuttingProxy } from "./cuts/proxy.ts";
import { PublishedPeer } from "./published.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "./rig.ts";

const never = new AbortController().signal;

Deno.test("a link offers its files, is given ids and announces them", grpcTest, async () => {
  const library = new MapLibrary("Films/Alien.mp4", "Films/Brazil.mkv");
  await using rig = await startEdge();
  await using _ = startLink(rig.address, library);

  const items = await until(async () =>
    (await titles(rig.edge)).length === 2 && (await titles(rig.edge))
  );
  const described = await until(async () =>
    (await titles(rig.edge)).every((it) => it.media) && (await titles(rig.edge))
  );

  deepStrictEqual(items.map(({ catalogId }) => catalogId).sort(), library.catalogIds().sort());
  deepStrictEqual(described[0], {
    catalogId: library.files.get("Films/Alien.mp4")!.catalogId,
    title: "The Films/Alien.mp4",
    sizeBytes: 15,
    online: true,
    availablePeerCount: 1,
    replicas: [{ peerId: "peer-1", relativePath: "Films/Alien.mp4", online: true }],
    media: {
      container: "mp4",
      durationMs: 90_000,
      tracks: [{ kind: "video", codec: "avc", codecString: "avc1.64001f", width: 640 }],
    },
  });
  const [peer] = (await rig.edge.peers({ limit: 10 })).items;
  strictEqual(peer?.online, true);
  strictEqual(peer?.catalogSize, 2);
  deepStrictEqual(peer?.extensions, peerExtensions);
});

Deno.test("3,000 files go in several offers, and a new one after a scan", grpcTest, async () => {
  const paths = Array.from({ length: 3000 }, (_, n) => `Films/${n}.mp4`);
  const library = new MapLibrary(...paths);
  await using rig = await startEdge();
  await using peer = startLink(rig.address, library);
  await until(async () => (await rig.edge.findPeer("peer-1"))?.catalogSize === 3000);

  library.files.set("new.mp4", { sizeBytes: 1 });
  peer.link.offer();

  await until(async () => (await rig.edge.findPeer("peer-1"))?.catalogSize === 3001);
  strictEqual(new Set(library.catalogIds()).size, 3001);
});

Deno.test(
  "a link comes back when its edge stops and starts on the same port",
  grpcTest,
  async () => {
    const library = new MapLibrary("Alien.mp4");
    const first = await startEdge();
    await using peer = startLink(first.address, library);
    await until(async () => (await titles(first.edge)).length === 1);
    const before = library.catalogIds();

    await first.stop();
    await peer.event("link.disconnected");
    strictEqual(peer.link.state().connected, false);
    ok(peer.link.state().reason?.startsWith("UNAVAILABLE: "));
    await using second = await startEdge({ address: first.address, state: first.state });
    await second.event("peer.connected");

    await until(async () => (await titles(second.edge))[0]?.online);
    deepStrictEqual(library.catalogIds(), before);
    await until(() => peer.link.state().connected);
  },
);

Deno.test("an edge that lost its database is offered everything again", grpcTest, async () => {
  const library = new MapLibrary("Alien.mp4", "Brazil.mkv");
  library.assign([{ relativePath: "Alien.mp4", catalogId: "from-a-lost-database" }]);
  await using rig = await startEdge();
  await using _ = startLink(rig.address, library);

  await until(async () => (await titles(rig.edge)).length === 2);

  ok(!library.catalogIds().includes("from-a-lost-database"));
});

Deno.test("what has gone from the library goes from the catalogue", grpcTest, async () => {
  const library = new MapLibrary("Alien.mp4");
  await using rig = await startEdge();
  await using peer = startLink(rig.address, library);
  await until(async () => (await titles(rig.edge)).length === 1);

  library.files.clear();
  peer.link.offer();

  await until(async () => (await titles(rig.edge)).length === 0);
  await rig.event("catalog.changed");
});

Deno.test("a peer that leaves is offline, and its titles with it", grpcTest, async () => {
  await using rig = await startEdge();
  const peer = startLink(rig.address, new MapLibrary("Alien.mp4"));
  await until(async () => (await titles(rig.edge))[0]?.online);

  await peer.stop();
  const left = await rig.event("peer.disconnected");

  deepStrictEqual(left.data, { peerId: "peer-1", reason: "goodbye" });
  strictEqual((await titles(rig.edge))[0]?.online, false);
  strictEqual((await rig.edge.findPeer("peer-1"))?.online, false);
});

Deno.test("a connection that is cut, or a call that is, is no goodbye", grpcTest, async () => {
  await using rig = await startEdge();
  await using proxy = await CuttingProxy.open(Number(rig.address.split(":")[1]));
  const reasonOf = async (peerId: string) => {
    const left = await until(() =>
      rig.seen.find(({ type, data }) => type === "peer.disconnected" && data.peerId === peerId)
    );
    return left.data.reason;
  };
  {
    using peer = new PublishedPeer(rig.address, "ends");
    await peer.headers;
    peer.end();
    strictEqual(await reasonOf("ends"), "goodbye");
  }
  {
    using peer = new PublishedPeer(proxy.address, "killed");
    await peer.headers;
    proxy.cut("reset");
    strictEqual(await reasonOf("killed"), "connection lost");
  }
  {
    using peer = new PublishedPeer(rig.address, "cancels");
    await peer.headers;
    peer[Symbol.dispose]();
    strictEqual(await reasonOf("cancels"), "connection lost");
  }
});

Deno.test("a second peer with the same id keeps trying, and takes over", grpcTest, async () => {
  await using rig = await startEdge();
  const first = startLink(rig.address, new MapLibrary("Alien.mp4"));
  await first.event("link.connected");

  await using second = startLink(rig.address, new MapLibrary("Brazil.mkv"));
  const reason = await until(() => second.link.state().reason);
  strictEqual(reason, "PERMISSION_DENIED: Peer validation failed");
  deepStrictEqual(second.seen, []);
  strictEqual(first.link.state().connected, true);
  await first.stop();

  await second.event("link.connected");
});

Deno.test("heartbeats keep a quiet peer connected", grpcTest, async () => {
  await using rig = await startEdge({ timeouts: { peerSec: 0.4 } });
  await using peer = startLink(rig.address, new MapLibrary("Alien.mp4"), {
    settings: { heartbeatSec: 0.1 },
  });
  await until(async () => (await titles(rig.edge)).length === 1);
  const first = (await rig.edge.findPeer("peer-1"))!;

  await until(async () => {
    const seen = Date.parse((await rig.edge.findPeer("peer-1"))!.lastSeenAt!);
    return seen > Date.now() - 100 && seen - Date.parse(first.connectedAt!) > 1000;
  });

  strictEqual(rig.seen.filter(({ type }) => type === "peer.disconnected").length, 0);
  strictEqual(peer.link.state().connected, true);
});

Deno.test("a silent peer is dropped with its stream, and comes back", grpcTest, async () => {
  await using rig = await startEdge({ timeouts: { peerSec: 0.2 } });
  await using peer = startLink(rig.address, new MapLibrary("Alien.mp4"));

  const left = await rig.event("peer.disconnected");
  await peer.event("link.disconnected");
  await rig.event("peer.connected", 2);

  strictEqual(left.data.reason, "No message for 0.2 s");
});

Deno.test(
  "a viewer's offer is relayed to the peer, and the close both ways",
  grpcTest,
  async () => {
    const library = new MapLibrary("Alien.mp4");
    const closed = Promise.withResolvers<string>();
    await using rig = await startEdge();
    await using peer = startLink(rig.address, library, {
      streams: { open: ({ sdp }) => Promise.resolve(`answer to ${sdp}`), close: closed.resolve },
    });
    const [item] = await until(async () =>
      (await titles(rig.edge))[0]?.online && (await titles(rig.edge))
    );
    const catalogId = item!.catalogId;
    const offer = { catalogId, sdp: "v=0" };

    const one = await rig.edge.openStream(offer, never);
    const two = await rig.edge.openStream(offer, never);

    deepStrictEqual(one, { sessionId: one.sessionId, peerId: "peer-1", sdp: "answer to v=0" });
    strictEqual(rig.edge.streams().length, 2);
    rig.edge.closeStream(one.sessionId);
    strictEqual(await closed.promise, one.sessionId);
    peer.link.streamClosed(two.sessionId);
    await until(() => rig.edge.streams().length === 0);
  },
);

Deno.test("a stream that cannot be opened says why", grpcTest, async () => {
  const library = new MapLibrary("Alien.mp4");
  const failures = [new ConflictError("Cannot open: 8 viewers watch already"), new TypeError("x")];
  await using rig = await startEdge({ timeouts: { streamSec: 0.3 } });
  const peer = startLink(rig.address, library, {
    streams: {
      open() {
        const failure = failures.shift();
        return failure ? Promise.reject(failure) : new Promise(() => {});
      },
      close: () => {},
    },
  });
  const [item] = await until(async () =>
    (await titles(rig.edge))[0]?.online && (await titles(rig.edge))
  );
  const offer = { catalogId: item!.catalogId, sdp: "v=0" };
  const open = () => rig.edge.openStream(offer, never);

  await rejects(rig.edge.openStream({ ...offer, catalogId: "nope" }, never), NotFoundError);
  await rejects(
    open(),
    (error) => error instanceof ConflictError && /8 viewers/.test(error.message),
  );
  await rejects(open(), /made a mistake/);
  await rejects(open(), /did not answer/);
  await peer.stop();
  await rig.event("peer.disconnected");
  await rejects(
    open(),
    (error) => error instanceof UnavailableError && /"peer-1", offline/.test(error.message),
  );
});

Deno.test("waiting for a stream ends when the viewer gives up", grpcTest, async () => {
  await using rig = await startEdge();
  await using _ = startLink(rig.address, new MapLibrary("Alien.mp4"), {
    streams: { open: () => new Promise(() => {}), close: () => {} },
  });
  const [item] = await until(async () =>
    (await titles(rig.edge))[0]?.online && (await titles(rig.edge))
  );
  const stop = new AbortController();

  const opening = rig.edge.openStream({ catalogId: item!.catalogId, sdp: "v=0" }, stop.signal);
  stop.abort(new Error("gone"));

  await rejects(opening, /gone/);
  strictEqual(rig.edge.streams().length, 0);
});

Deno.test("an edge on a port in use says what to do", grpcTest, async () => {
  await using server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };

  await rejects(
    startEdge({ address: `127.0.0.1:${port}` }),
    (error) =>
      error instanceof FatalError &&
      error.message === `Cannot listen on "127.0.0.1:${port}": address in use. ` +
          "Stop the other program or set GRPC_SERVER_ADDRESS",
  );
  await rejects(startEdge({ address: "192.0.2.1:0" }), /"192.0.2.1:0": .*Set GRPC_SERVER_ADDRESS/);
});

Deno.test("a link stops at once, also when nothing answers", grpcTest, async () => {
  const peer = startLink("127.0.0.1:9", new MapLibrary("Alien.mp4"), {
    settings: { reconnectIntervalSec: 60 },
  });
  await until(() => peer.link.state().reason);

  const started = performance.now();
  await peer.stop();

  ok(performance.now() - started < 1000);
});

Deno.test("nothing keeps the program alive once both ends have stopped", async () => {
  const program = `
    const { MapLibrary, startEdge, startLink, titles, until } = await import("./tests/edge/rig.ts");
    const edge = await startEdge();
    const peer = startLink(edge.address, new MapLibrary("Alien.mp4"));
    const lost = startLink("127.0.0.1:9", new MapLibrary());
    await until(async () => (await titles(edge.edge)).length === 1 && lost.link.state().reason);
    await Promise.all([peer.stop(), lost.stop(), edge.stop()]);
    // Only fires when something else keeps the program alive.
    Deno.unrefTimer(setTimeout(() => Deno.exit(1), 2000));
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    signal: AbortSignal.timeout(60_000),
  });

  const { code, stderr } = await child.output();

  strictEqual(code, 0, new TextDecoder().decode(stderr));
});
