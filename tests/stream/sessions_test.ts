/** Sessions refuse what they must, and keep nothing of what did not come about. @module */
import { ok, rejects, strictEqual } from "node:assert/strict";
import { InvalidError, NotFoundError, UnavailableError } from "../../src/base/errors.ts";
import { silent } from "../../src/base/log.ts";
import { openSessions, type SessionsDeps } from "../../src/stream/mod.ts";

const { signal } = new AbortController();
const events: string[] = [];
let open = 0;

function sessionsWith(changes: Partial<SessionsDeps> = {}) {
  return openSessions({
    openMedia: () => {
      open++;
      return Promise.resolve({
        size: 1,
        read: () => Promise.resolve(new Uint8Array(1)),
        [Symbol.dispose]: () => void open--,
      });
    },
    iceServers: () => [],
    publish: (type) => events.push(type),
    log: silent,
    ...changes,
  });
}

/** An offer made by the library itself, as a browser would. */
async function offer(): Promise<string> {
  const { RTCPeerConnection } = await import("werift");
  const peer = new RTCPeerConnection({ iceServers: [], iceLite: true });
  peer.createDataChannel("ranges");
  await peer.setLocalDescription(await peer.createOffer());
  const sdp = peer.localDescription!.sdp;
  await peer.close();
  return sdp;
}

Deno.test("A failure of openMedia reaches the caller as it is", async () => {
  const openMedia = () => Promise.reject(new NotFoundError('Cannot find "x"'));
  await using sessions = sessionsWith({ openMedia });

  await rejects(sessions.open({ sessionId: "1", catalogId: "x", sdp: "v=0" }, signal), {
    name: "NotFoundError",
    message: 'Cannot find "x"',
  });
  strictEqual(sessions.list().length, 0);
});

Deno.test("What is not an offer is refused, and the file is let go", async () => {
  await using sessions = sessionsWith();
  const bad = [
    "",
    "hello",
    "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
    "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=candidate:x\r\n",
  ];

  for (const sdp of bad) {
    await rejects(sessions.open({ sessionId: "1", catalogId: "x", sdp }, signal), InvalidError);
  }
  strictEqual(sessions.list().length, 0);
  strictEqual(open, 0);
});

Deno.test({
  name: "An answer holds its candidates; too many sessions are refused; who never comes is dropped",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using sessions = sessionsWith({ limits: { maxSessions: 1, connectMs: 300 } });
    const sdp = await offer();

    const answer = await sessions.open({ sessionId: "1", catalogId: "x", sdp }, signal);
    ok(/^a=candidate:.* 127\.0\.0\.1 /m.test(answer));
    strictEqual(sessions.list()[0]?.catalogId, "x");
    await rejects(
      sessions.open({ sessionId: "2", catalogId: "x", sdp }, signal),
      UnavailableError,
    );

    const until = Date.now() + 5000;
    while (sessions.list().length > 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    strictEqual(sessions.list().length, 0);
    strictEqual(open, 0);
    strictEqual(events.length, 0);
    strictEqual(await sessions.close("1"), false);
  },
});
