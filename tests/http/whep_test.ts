/** A viewer and a peer find each other by WHEP, over a real edge and a real link. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { film, openViewer, startPlay } from "../edge/grants/rig.ts";
import { grpcTest, until } from "../edge/rig.ts";
import { openAnswering } from "../helpers/viewer.ts";
import { edgePort, openRig } from "./rig.ts";

const turn = [{ urls: ["turn:192.0.2.7:3478"], secret: "s" }];
const ice = () => ({ stunServers: ["stun:192.0.2.7:3478"], turn });

async function startWhep(options: Parameters<typeof startPlay>[0] = {}) {
  const stack = new AsyncDisposableStack();
  const play = stack.use(await startPlay(options));
  const rig = stack.use(
    openRig({ ports: { edge: { ...edgePort(), ...watching(play.rig.edge) } } }),
  );
  const at = `/api/whep/${play.catalogId}`;
  const ask = (method: string, path: string, body?: string, headers: HeadersInit = {}) =>
    rig.get(path, { method, headers, ...body !== undefined && { body } });
  return { play, rig, at, ask, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** What WHEP needs of an edge, and nothing of its catalogue. */
function watching(edge: Edge) {
  const { openStream, findStream, answerStream, addCandidate, takeCandidates } = edge;
  const { closeStream, streams, iceServers, grants, revokeGrants } = edge;
  return {
    ...{ openStream, findStream, answerStream, addCandidate, takeCandidates },
    ...{ closeStream, streams, iceServers, grants, revokeGrants },
  };
}
type Edge = Awaited<ReturnType<typeof startPlay>>["rig"]["edge"];

const sdp = { "content-type": "application/sdp" };
const fragment = { "content-type": "application/trickle-ice-sdpfrag" };

Deno.test(
  "WHEP: an offer is answered, addresses follow, the film plays, and ends",
  grpcTest,
  async () => {
    await using it = await startWhep();
    await using viewer = await openViewer();
    const lines = viewer.offer.split("\r\n");
    const bare = lines.filter((line) => !/^a=(candidate|end-of)/.test(line)).join("\r\n");

    const opened = await it.ask("POST", it.at, bare, sdp);
    const answer = await opened.text();
    strictEqual(opened.status, 201, answer);
    strictEqual(opened.headers.get("content-type"), "application/sdp");
    const [location, etag] = ["location", "etag"].map((name) => opened.headers.get(name)!);
    ok(location!.startsWith(`${it.at}/`), `${location}`);
    await viewer.answer(answer);
    const addresses = lines.filter((line) => /^a=(ice-|mid|candidate)|^m=/.test(line)).join("\r\n");
    const patched = await it.ask("PATCH", location!, `${addresses}\r\n`, {
      ...fragment,
      "if-match": etag!,
    });
    strictEqual(patched.status, 204, await patched.text());
    deepStrictEqual(await viewer.read(), film);

    const [ended, again] = [await it.ask("DELETE", location!), await it.ask("DELETE", location!)];
    deepStrictEqual([ended.status, again.status], [200, 404]);
    await until(() => it.play.sessions.list().length === 0);
    await viewer.closed;
  },
);

Deno.test(
  "WHEP: an offer without a data channel is countered by one of the peer",
  grpcTest,
  async () => {
    await using it = await startWhep();
    const viewer = await openAnswering();
    const plain =
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n";

    const countered = await it.ask("POST", it.at, plain, sdp);
    strictEqual(countered.status, 406);
    strictEqual(countered.headers.get("content-type"), "application/sdp");
    const answer = await viewer.take(await countered.text());
    const location = countered.headers.get("location")!;
    const answered = await it.ask("PATCH", location, answer, sdp);
    strictEqual(answered.status, 204);
    deepStrictEqual(await viewer.read(), film);

    const twice = await it.ask("PATCH", location, answer, sdp);
    strictEqual(twice.status, 409);
    await viewer.close();
  },
);

Deno.test("WHEP: what is wrong is a problem with the status of the draft", grpcTest, async () => {
  await using it = await startWhep({ ice });
  await using viewer = await openViewer();
  const opened = await it.ask("POST", it.at, viewer.offer, sdp);
  await opened.body?.cancel();
  const session = opened.headers.get("location")!;
  const tag = { "if-match": opened.headers.get("etag")! };
  const ufrag = /a=ice-ufrag:(\S+)/.exec(viewer.offer)![1]!;
  const own = `a=ice-ufrag:${ufrag}\r\nm=application 9 X 0\r\na=mid:0\r\n`;
  const candidate = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
  const cases: [string, string, string | undefined, HeadersInit, number][] = [
    ["POST", it.at, viewer.offer, {}, 415],
    ["POST", it.at, viewer.offer, { "content-type": "application/json" }, 415],
    ["POST", it.at, viewer.offer, { ...sdp, accept: "text/html" }, 406],
    ["POST", it.at, viewer.offer, { ...sdp, accept: "application/sdp;q=0" }, 406],
    ["POST", it.at, "hello", sdp, 400],
    ["POST", it.at, `v=0\r\nm=x\r\n${"a=x\r\n".repeat(40_000)}`, sdp, 400],
    ["POST", "/api/whep/nothing", viewer.offer, sdp, 404],
    ["GET", it.at, undefined, {}, 405],
    ["PUT", it.at, "x", sdp, 405],
    ["POST", session, "x", sdp, 405],
    ["GET", session, undefined, {}, 405],
    ["PATCH", session, own, { ...fragment }, 428],
    ["PATCH", session, own, { ...fragment, "if-match": '"other"' }, 412],
    ["PATCH", session, own, { ...fragment, "if-match": "*" }, 422],
    ["PATCH", session, own.replace(ufrag, "restart"), { ...fragment, ...tag }, 422],
    ["PATCH", session, "hello", { ...fragment, ...tag }, 400],
    ["PATCH", session, own + candidate.repeat(33), { ...fragment, ...tag }, 400],
    ["PATCH", session, "{}", { "content-type": "application/json", ...tag }, 415],
    ["PATCH", `${it.at}/nobody`, own, { ...fragment, ...tag }, 404],
    ["PATCH", session.replace(it.play.catalogId, "other"), own, { ...fragment, ...tag }, 404],
    ["DELETE", `${it.at}/nobody`, undefined, {}, 404],
  ];

  for (const [method, path, body, headers, status] of cases) {
    const response = await it.ask(method, path, body, headers);
    const said = await response.text();
    strictEqual(response.status, status, `${method} ${JSON.stringify(headers)}: ${said}`);
    match(response.headers.get("content-type")!, /application\/problem\+json/);
    strictEqual(JSON.parse(said).status, status);
    if (status === 405) match(response.headers.get("allow")!, /OPTIONS, /);
  }
  strictEqual(it.play.sessions.list().length, 1, "nothing else was opened");

  await it.play.peer.stop();
  await it.play.rig.event("peer.disconnected");
  const away = await it.ask("POST", it.at, viewer.offer, sdp);
  deepStrictEqual([away.status, away.headers.get("retry-after")], [409, "5"]);
  match((await away.json()).detail, /offline now/);
});

Deno.test("WHEP and /api/ice name the servers, with credentials that end", grpcTest, async () => {
  await using it = await startWhep({ ice });

  const options = await it.ask("OPTIONS", it.at);
  strictEqual(options.status, 204);
  strictEqual(options.headers.get("accept-post"), "application/sdp");
  const link = options.headers.get("link")!;
  match(link, /<stun:192\.0\.2\.7:3478>; rel="ice-server",/);
  match(
    link,
    /<turn:192\.0\.2\.7:3478>; rel="ice-server"; username="\d+:viewer-owner"; credential=/,
  );

  const { ice_servers: [stun, relay] } = await (await it.rig.get("/api/ice/")).json();
  deepStrictEqual(stun, { urls: ["stun:192.0.2.7:3478"] });
  const [expiry] = relay.username.split(":");
  const hours = (Number(expiry) - Date.now() / 1000) / 3600;
  ok(hours > 11 && hours <= 12);
});

Deno.test(
  "a peer's offer is answered by /api/streams, addresses go both ways",
  grpcTest,
  async () => {
    await using it = await startWhep();
    const viewer = await openAnswering();

    const opened = await it.rig.send("POST", "/api/streams/", { catalog_id: it.play.catalogId });
    const { id, type, sdp: offer, ice_servers: servers } = await opened.json();
    deepStrictEqual([opened.status, type, servers], [201, "offer", []]);
    const answer = await viewer.take(offer);
    const patched = await it.rig.send("PATCH", `/api/streams/${id}/`, {
      sdp: answer,
      candidates: [{ candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host" }],
    });
    deepStrictEqual([patched.status, await patched.json()], [200, { candidates: [] }]);
    deepStrictEqual(await viewer.read(), film);

    const { items } = await (await it.rig.get("/api/grants/")).json();
    deepStrictEqual([items[0].session_id, items[0].state, items[0].viewer], [
      id,
      "playing",
      "owner",
    ]);
    const revoked = await it.rig.send("DELETE", `/api/grants/${id}/`);
    const again = await it.rig.send("DELETE", `/api/grants/${id}/`);
    deepStrictEqual([revoked.status, again.status], [204, 404]);
    await until(() => it.play.sessions.list().length === 0);
    await viewer.close();
  },
);

Deno.test("what is no SDP is refused in words, and renews no grant", grpcTest, async () => {
  await using it = await startWhep();
  const title = { "catalog_id": it.play.catalogId };
  const opened = await it.rig.send("POST", "/api/streams/", title);
  const { id } = await opened.json();
  const countered = await it.ask("POST", it.at, "v=0\r\nm=video 9 X 96\r\n", sdp);
  await countered.body?.cancel();
  const [noData, noSdp] = [/asks for no data channel/, /expected SDP, from v=0 on/];
  const silent = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
  const cases = [
    [await it.rig.send("POST", "/api/streams/", { ...title, sdp: "garbage" }), noSdp],
    [await it.rig.send("POST", "/api/streams/", { ...title, sdp: silent }), noData],
    [await it.rig.send("PATCH", `/api/streams/${id}/`, { sdp: "garbage" }), noSdp],
    [await it.rig.send("PATCH", `/api/streams/${id}/`, { sdp: silent }), noData],
    [await it.ask("POST", it.at, "garbage", sdp), noSdp],
    [await it.ask("PATCH", countered.headers.get("location")!, "garbage", sdp), noSdp],
    [await it.ask("PATCH", countered.headers.get("location")!, silent, sdp), noData],
  ] as const;

  for (const [response, expected] of cases) {
    strictEqual(response.status, 400);
    match((await response.json()).detail, expected);
  }
  const { items } = await (await it.rig.get("/api/grants/")).json();
  deepStrictEqual(items.map((grant: { renewals: number }) => grant.renewals), [0, 0]);
});
