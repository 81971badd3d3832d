/** Many plays at once, and plays that are forbidden while they are being opened. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { DeniedError, UnavailableError } from "../../../src/base/errors.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../rig.ts";

const never = new AbortController().signal;

/** An edge, and a peer that takes whatever it may. */
async function setUp(options: Parameters<typeof startEdge>[0] = {}, onOpen = () => {}) {
  const stack = new AsyncDisposableStack();
  const rig = stack.use(await startEdge(options));
  const open = new Set<string>();
  stack.use(startLink(rig.address, new MapLibrary("Alien.mp4"), {
    streams: {
      open: ({ sessionId, sdp }) => {
        open.add(sessionId);
        onOpen();
        return Promise.resolve(`answer to ${sdp}`);
      },
      close: (sessionId) => void open.delete(sessionId),
    },
  }));
  const [item] = await until(async () => {
    const found = await titles(rig.edge);
    return found[0]?.online && found;
  });
  return {
    edge: rig.edge,
    /** Sessions at the peer. */
    open,
    play: (viewer: string) =>
      rig.edge.openStream({ catalogId: item!.catalogId, sdp: "v=0", viewer }, never),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test(
  "of many plays that are asked for at once, no more begin than may",
  grpcTest,
  async () => {
    await using it = await setUp();
    const asked = await Promise.allSettled(Array.from({ length: 120 }, () => it.play("owner")));

    const refused = asked.filter(({ status }) => status === "rejected");
    strictEqual(refused.length, 20);
    ok(refused.every((it) => it.status === "rejected" && it.reason instanceof UnavailableError));
    strictEqual(it.edge.streams("owner").length, 100);
  },
);

Deno.test("one viewer does not fill a peer: their oldest plays make room", grpcTest, async () => {
  await using it = await setUp();
  const before = await it.play("ann");
  await it.play("eve");
  await Promise.allSettled(Array.from({ length: 30 }, () => it.play("ann")));

  ok(it.edge.streams("ann").length <= 8, String(it.edge.streams("ann").length));
  const last = await it.play("ann");
  const own = it.edge.streams("ann").map(({ sessionId }) => sessionId);
  ok(own.length <= 8 && own.includes(last.sessionId) && !own.includes(before.sessionId));
  strictEqual(it.edge.streams("eve").length, 1, "others play on");
  await until(() => it.open.size === own.length + 1, "the peer to end the others");
});

Deno.test("a grant that is revoked before its play is open opens nothing", grpcTest, async () => {
  const revoking: Promise<number>[] = [];
  await using it = await setUp({
    publish: (type) => {
      if (type !== "grant.issued") return;
      revoking.push(it.edge.revokeGrants({ viewer: "ann" }, "now"));
    },
  });

  await rejects(it.play("ann"), DeniedError);
  strictEqual(revoking.length, 1);
  await Promise.all(revoking);
  deepStrictEqual(it.edge.streams(), []);
  await until(() => it.open.size === 0, "nothing at the peer");
});

Deno.test("what is forbidden while the peer is being asked does not play", grpcTest, async () => {
  let may = true;
  await using it = await setUp({ mayPlay: () => Promise.resolve(may) }, () => void (may = false));

  await rejects(it.play("ann"), DeniedError);
  deepStrictEqual(it.edge.streams(), []);
  await until(() => it.open.size === 0, "nothing at the peer");
});

Deno.test("a peer that says nothing leaves time for another with the title", grpcTest, async () => {
  /** Everywhere the same film. */
  class OneFilm extends MapLibrary {
    override describe(catalogIds: string[]) {
      return super.describe(catalogIds).map((it) => ({ ...it, contentHash: "ab".repeat(16) }));
    }
  }
  await using rig = await startEdge({ timeouts: { streamSec: 3 } });
  let asked = 0;
  const silent = startLink(rig.address, new OneFilm("Alien.mp4"), {
    settings: { peerId: "silent" },
    streams: {
      open() {
        asked++;
        return new Promise(() => {});
      },
      close: () => {},
    },
  });
  await using _silent = silent;
  await rig.event("peer.connected");
  await using _other = startLink(rig.address, new OneFilm("Alien.mp4"), {
    settings: { peerId: "well" },
  });
  const [item] = await until(async () => {
    const found = await titles(rig.edge);
    return found[0]?.replicas.filter(({ online }) => online).length === 2 && found;
  });

  const play = () => rig.edge.openStream({ catalogId: item!.catalogId, sdp: "v=0" }, never);
  const peers = [(await play()).peerId, (await play()).peerId, (await play()).peerId];

  deepStrictEqual(peers, ["well", "well", "well"]);
  strictEqual(asked, 1, "it is asked last for a while");
});
