/**
 * A peer at an original edge has viewers of its own: they play, and the edge is told of them by the
 * published unary call, whatever it answers.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type RunningAgent, startAgent } from "../../helpers/agent.ts";
import { samples } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { openAnswering } from "../../helpers/viewer.ts";
import { openViewer } from "../grants/rig.ts";
import { PublishedEdge } from "../published.ts";
import { grpcTest, until } from "../rig.ts";

async function setUp() {
  const stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir());
  const film = await Deno.readFile(samples.mp4);
  await dir.file("media/a.mp4", film);
  const edge = stack.use(await PublishedEdge.open());
  const agent = stack.use(
    await startAgent({
      dataDir: `${dir.path}/data`,
      env: {
        MEDIA_DIRS: `${dir.path}/media`,
        EDGE_GRPC_ADDRESS: edge.address,
        GRPC_RECONNECT_INTERVAL_SEC: "1",
      },
    }),
  );
  const offer = await edge.receive("batch_file_offer");
  const { files: [file] } = offer.batch_file_offer as { files: { relative_path: string }[] };
  edge.say({
    request_id: offer.request_id!,
    batch_file_offer_response: { files: [{ ...file, catalog_id: "the film" }] },
  });
  await until(async () => {
    const { items } = await agent.get<{ items: { catalog_id?: string }[] }>("/api/media");
    return items[0]?.catalog_id === "the film";
  });
  return { edge, agent, film, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function send(agent: RunningAgent, method: string, path: string, body: unknown) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(agent.url + path, { method, headers, body: JSON.stringify(body) });
  ok(answer.ok, `${answer.status} ${await answer.clone().text()}`);
  return await answer.json();
}

Deno.test(
  "viewers of a peer at an original edge play, and the edge is told",
  grpcTest,
  async () => {
    await using it = await setUp();
    const { edge, agent, film } = it;
    const title = { "catalog_id": "the film" };
    const requests = () => edge.signalled.map(({ request_id: _, ...words }) => words);
    const [peerId] = edge.peerIds;

    await using viewer = await openViewer();
    const played = await send(agent, "POST", "/api/streams", { ...title, sdp: viewer.offer });
    await viewer.answer(played.sdp);
    deepStrictEqual(await viewer.read(), film);
    strictEqual(played.peer_id, peerId);
    await until(() => edge.signalled.length === 1);
    deepStrictEqual(requests(), [
      { "peer_id": peerId, stream_session_request: { ...title, session_id: played.id } },
    ]);
    const { items } = await agent.get<{ items: { id: string }[] }>("/api/streams");
    deepStrictEqual(items.map(({ id }) => id), [played.id]);
    await fetch(`${agent.url}/api/streams/${played.id}`, { method: "DELETE" });
    await until(async () => (await agent.get<{ items: [] }>("/api/streams")).items.length === 0);

    // The other way round, and an edge that answers: this time the peer offers.
    edge.signal = (reply) => reply(null, {});
    const other = await openAnswering();
    const offered = await send(agent, "POST", "/api/streams", title);
    const sdp = await other.take(offered.sdp);
    await send(agent, "PATCH", `/api/streams/${offered.id}`, { sdp });
    deepStrictEqual(await other.read(), film);
    await other.close();
    await until(() => edge.signalled.length === 3);
    deepStrictEqual(requests().slice(1), [
      { "peer_id": peerId, stream_session_request: { ...title, session_id: offered.id } },
      { "peer_id": peerId, sdp_answer: { session_id: offered.id, sdp } },
    ]);

    // It has dropped the peer after a silence and left its stream open: the peer comes anew.
    edge.signal = (reply) => reply({ code: 9, details: "Peer not connected" });
    await using third = await openViewer();
    await send(agent, "POST", "/api/streams", { ...title, sdp: third.offer });
    await until(() => edge.peerIds.length === 2);
  },
);
