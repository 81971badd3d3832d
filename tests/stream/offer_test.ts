/** A peer offers, and addresses come one by one. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { InvalidError, NotFoundError } from "../../src/base/errors.ts";
import { silent } from "../../src/base/log.ts";
import { openSessions } from "../../src/stream/mod.ts";
import { openAnswering, readAll } from "../helpers/viewer.ts";

const { signal } = new AbortController();
const film = crypto.getRandomValues(new Uint8Array(50_000));
// The library's sockets outlive its close() by a moment.
const lenient = { sanitizeOps: false, sanitizeResources: false };

function sessionsOf(film: Uint8Array) {
  const ended: string[] = [];
  const sessions = openSessions({
    openMedia: () =>
      Promise.resolve({
        size: film.length,
        read: (at: number, length: number) => Promise.resolve(film.subarray(at, at + length)),
        [Symbol.dispose]: () => {},
      }),
    iceServers: () => [],
    onEnd: (sessionId) => void ended.push(sessionId),
    publish: () => {},
    log: silent,
  });
  return { sessions, ended };
}

Deno.test({
  name: "a peer's offer is answered, and the film comes over its channel",
  ...lenient,
  fn: async () => {
    const { sessions, ended } = sessionsOf(film);
    await using _ = sessions;
    const viewer = await openAnswering();

    const offer = await sessions.open({ sessionId: "1", catalogId: "x" }, signal);
    const answer = await viewer.take(offer);
    await rejects(sessions.answer("2", "v=0"), NotFoundError);
    await rejects(sessions.answer("1", "v=0"), InvalidError);
    await sessions.answer("1", answer);

    deepStrictEqual(await viewer.read(), film);
    await viewer.close();
    await sessions.close("1");
    deepStrictEqual(ended, ["1"]);
  },
});

Deno.test({
  name: "addresses that come after the offer are used",
  ...lenient,
  fn: async () => {
    const { sessions } = sessionsOf(film);
    await using _ = sessions;
    const { RTCPeerConnection } = await import("werift");
    const viewer = new RTCPeerConnection({
      iceServers: [],
      iceAdditionalHostAddresses: ["127.0.0.1"],
    });
    const channel = viewer.createDataChannel("ranges");
    await viewer.setLocalDescription(await viewer.createOffer());
    const whole = viewer.localDescription!.sdp.split("\r\n");
    const isAddress = (line: string) => line.startsWith("a=candidate:");
    const bare = whole.filter((line) => !isAddress(line) && line !== "a=end-of-candidates");

    const answer = await sessions.open(
      { sessionId: "1", catalogId: "x", sdp: bare.join("\r\n") },
      signal,
    );
    // Only the peer's checks can find the way: the viewer is told of no address of it.
    const silentPeer = answer.split("\r\n").filter((line) =>
      !isAddress(line) && line !== "a=end-of-candidates"
    );
    await viewer.setRemoteDescription({ type: "answer", sdp: silentPeer.join("\r\n") });
    const late = whole.filter(isAddress).map((line) => line.slice(2));
    ok(late.length > 0);
    for (const candidate of ["candidate:1 1 udp 1 x.local 9 typ host", "nonsense", "", ...late]) {
      sessions.addCandidate("1", { candidate, sdpMid: "0", sdpMLineIndex: 0 });
    }
    sessions.addCandidate("nobody", { candidate: late[0]!, sdpMid: "0", sdpMLineIndex: 0 });

    strictEqual((await readAll(channel)).length, film.length);
    await viewer.close();
  },
});
