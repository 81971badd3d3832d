/**
 * Whose keys a peer takes for its edge's: those that the key it has joined stands for, on this very
 * connection, and no others.
 *
 * @module
 */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { Log, type LogEntry } from "../../../src/base/log.ts";
import { makeEdgeKey, sha256, signGrant } from "../../../src/edge/grants/mod.ts";
import { makeIdentityKey } from "../../../src/edge/identity/mod.ts";
import type { EdgeMessage, Hello, PeerPayloads } from "../../../src/edge/messages.ts";
import { joinEdge } from "../../../src/edge/mod.ts";
import { type Meddling, openBetween } from "../identity/between.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../rig.ts";

const never = new AbortController().signal;
const theirs = await makeEdgeKey();
const theirKeys = [{ kid: theirs.kid, publicKey: theirs.publicKey }];

/** A grant of somebody who is not the edge. */
async function forged(sessionId: string): Promise<EdgeMessage> {
  const sdp = "v=0 of the thief";
  const play = { peerId: "peer-1", catalogId: "any", sessionId, viewer: "owner" };
  const seconds = Math.floor(Date.now() / 1000);
  const times = { notBefore: seconds, expires: seconds + 60 };
  const id = crypto.randomUUID();
  const grant = await signGrant({ id, ...play, ...times, offer: await sha256(sdp) }, theirs);
  const value = { sessionId, catalogId: play.catalogId, sdp, grant };
  return { requestId: id, edgeId: "edge-1", payload: { case: "streamOpenRequest", value } };
}

/** A peer that has joined its edge, and somebody between them. */
async function startJoined(meddling: Meddling, rewriteHello: (hello: Hello) => Hello) {
  const stack = new AsyncDisposableStack();
  const rig = stack.use(await startEdge({ identity: { unsigned: "never" } }));
  const key = makeIdentityKey();
  const { pin } = await rig.edge.identities.invite();
  const way = { address: rig.address, useTls: false };
  const fingerprint = await joinEdge({ way, peerId: "peer-1", key, pin }, never);
  const refusals: PeerPayloads["streamOpenResponse"][] = [];
  const between = stack.use(
    await openBetween(rig.address, {
      toPeer(message, say) {
        const { payload } = message;
        const it = payload?.case === "hello"
          ? { ...message, payload: { ...payload, value: rewriteHello(payload.value) } }
          : message;
        return meddling.toPeer ? meddling.toPeer(it, say) : it;
      },
      toEdge(message) {
        const { payload } = message;
        if (payload?.case === "streamOpenResponse" && payload.value.error) {
          refusals.push(payload.value);
        }
        return message;
      },
    }),
  );
  const entries: LogEntry[] = [];
  const opened: string[] = [];
  const peer = stack.use(startLink(between.address, new MapLibrary("Alien.mp4"), {
    settings: { identity: { key, timeoutMs: 5000, pinOf: () => fingerprint } },
    streams: {
      open: ({ sessionId }) => {
        opened.push(sessionId);
        return Promise.resolve("answer");
      },
      close: () => {},
    },
    log: new Log((entry) => void entries.push(entry)),
  }));
  await peer.event("link.connected");
  const [item] = await until(async () => {
    const found = await titles(rig.edge);
    return found[0]?.online && found;
  });
  return {
    rig,
    peer,
    cut: between.cut,
    opened,
    refusals,
    /** Asks the real edge for a play. */
    play: () => rig.edge.openStream({ catalogId: item!.catalogId, sdp: "v=0", viewer: "a" }, never),
    warnings: () => entries.filter(({ message }) => message === "Keys of grants refused"),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("keys that the joined edge stands for are taken", grpcTest, async () => {
  await using it = await startJoined({}, (hello) => hello);

  const { sdp } = await it.play();

  strictEqual(sdp, "answer");
  await it.peer.event("grant.accepted");
  deepStrictEqual(it.warnings(), []);
});

const forgeries: [string, (hello: Hello) => Hello][] = [
  ["in place of the edge's", (hello) => ({ ...hello, grantKeys: theirKeys })],
  [
    "beside the edge's",
    (hello) => ({ ...hello, grantKeys: [...hello.grantKeys ?? [], ...theirKeys] }),
  ],
  [
    "without a signature",
    (hello) => ({ ...hello, grantKeys: theirKeys, grantKeysSignature: "" }),
  ],
  [
    "signed by themselves",
    (hello) => ({
      ...hello,
      grantKeys: theirKeys,
      grantKeysSignature: makeIdentityKey().sign(new TextEncoder().encode(theirs.kid)),
    }),
  ],
  [
    "by saying that grants are not spoken here",
    (hello) => ({
      ...hello,
      grantKeys: [],
      extensions: hello.extensions.filter((it) => it !== "grants"),
    }),
  ],
];

for (const [how, rewriteHello] of forgeries) {
  Deno.test(`somebody between brings keys of grants: ${how}`, grpcTest, async () => {
    let sent = false;
    const own = await forged("theirs");
    await using it = await startJoined({
      toPeer(message, say) {
        if (message.payload?.case !== "hello" || sent) return message;
        sent = true;
        say(message);
        say(own);
        return undefined;
      },
    }, rewriteHello);

    const { reason } = (await it.peer.event("grant.refused")).data;
    match(String(reason), /the edge that was joined does not stand for its keys/);
    strictEqual((await until(() => it.refusals[0])).error, "DENIED");
    deepStrictEqual(it.opened, []);
    ok(it.warnings().length > 0);
    strictEqual(it.warnings()[0]!.level, "warn");
  });
}

Deno.test("the edge's own words of another connection are none", grpcTest, async () => {
  let first: Hello | undefined;
  await using it = await startJoined({}, (hello) => {
    const { grantKeysSignature = "" } = first ??= hello;
    deepStrictEqual(hello.grantKeys, first.grantKeys);
    return { ...hello, grantKeysSignature };
  });
  await it.play();
  deepStrictEqual(it.warnings(), []);

  it.cut();
  await until(() => it.warnings().length > 0);

  await rejects(it.play(), /the edge that was joined does not stand for its keys/);
});

Deno.test("nobody plays before the edge has said hello", grpcTest, async () => {
  const own = await forged("early");
  await using it = await startJoined({
    toPeer(message, say) {
      // It would be taken without a grant, were the edge one that knows none.
      const { payload } = own;
      const value = { ...payload!.value, grant: "" };
      const bare = { ...own, payload: { case: "streamOpenRequest", value } } as EdgeMessage;
      if (message.payload?.case === "hello") say(bare);
      return message;
    },
  }, (hello) => hello);

  match(String((await it.peer.event("grant.refused")).data.reason), /there is none/);
  deepStrictEqual(it.opened, []);
  strictEqual((await it.play()).sdp, "answer");
});

Deno.test("a peer that has joined nobody takes its edge's word, as ever", grpcTest, async () => {
  await using rig = await startEdge();
  await using between = await openBetween(rig.address, {
    toPeer(message) {
      const { payload } = message;
      if (payload?.case !== "hello") return message;
      strictEqual(payload.value.grantKeysSignature, "");
      return message;
    },
  });
  await using peer = startLink(between.address, new MapLibrary("Alien.mp4"));
  const [item] = await until(async () => {
    const found = await titles(rig.edge);
    return found[0]?.online && found;
  });

  await rig.edge.openStream({ catalogId: item!.catalogId, sdp: "v=0" }, never);

  await peer.event("grant.accepted");
});
