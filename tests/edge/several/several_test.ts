/**
 * Three edges in processes of their own, which are killed, and whose servers are restarted.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { say } from "../../helpers/say.ts";
import { grpcTest, until } from "../rig.ts";
import { ended, give, hasGround, online, startEdgeProcess, startGround, startPeer } from "./rig.ts";

const sdp = "v=0\r\na=ice-ufrag:abcd\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";

Deno.test({
  ...grpcTest,
  name: "three edges are one",
  ignore: !hasGround,
  fn: async (test) => {
    await using ground = await startGround();
    const { database, nats, postgres } = ground;
    const start = (id: string) => startEdgeProcess({ id, database, bus: nats.url });
    // One after the other makes the tables; the rest may come at once.
    await using a = await start("a");
    await using stack = new AsyncDisposableStack();
    const [b, c] = (await Promise.all([start("b"), start("c")])).map((it) => stack.use(it)) as [
      typeof a,
      typeof a,
    ];
    await using one = startPeer("one", [a, b, c], 40);
    await using two = startPeer("two", [b, c, a], 5);
    await using three = startPeer("three", [c, a, b], 60);
    await using four = startPeer("four", [c, b, a], 60);
    const peers = [one, two, three, four];
    const idsOf = (peer: typeof one) => peer.library.catalogIds();

    await test.step("who is online is known at every edge", async () => {
      for (const edge of [a, b, c]) {
        await until(async () => (await online(edge)).length === 4, `4 peers at ${edge.id}`);
      }
      await until(() => idsOf(three).length === 60 && idsOf(four).length === 60);
      const items = await until(async () => {
        const { items } = await a.get<{ items: { online: boolean }[] }>("/api/catalog/?limit=500");
        return items.length === 165 && items;
      }, "the whole catalogue");
      ok(items.every((it) => it.online), "those of peers at other edges, too");
    });

    await test.step("a command for a peer on edge C given to edge A arrives", async () => {
      const [catalogId] = idsOf(three);
      const began = performance.now();
      const id = await give(a, "three", {
        type: "file_hash",
        catalog_id: catalogId,
        hash_types: ["md5"],
      });
      const done = await ended(b, id);

      deepStrictEqual(done.answers, [{
        catalog_id: catalogId,
        success: true,
        hashes: { md5: "md5-digest" },
      }]);
      say(`A to C and back, seen at B: ${Math.round(performance.now() - began)} ms`);
    });

    await test.step("a film of a peer on edge C plays for a viewer of edge A", async () => {
      const [catalogId] = idsOf(three);
      const opened = await a.post("/api/streams/", { catalog_id: catalogId, sdp });
      const stream = await opened.json();

      strictEqual(opened.status, 201, JSON.stringify(stream));
      strictEqual(stream.peer_id, "three");
      three.link.streamClosed(stream.id);
      await until(async () => {
        const { items } = await a.get<{ items: unknown[] }>("/api/streams/");
        return items.length === 0;
      }, "edge A hears that it is over");
    });

    await test.step("a peer that lives on one edge is refused by another", async () => {
      await using twin = startPeer("two", [a], 1);
      await until(() => twin.link.state().reason?.includes("PERMISSION_DENIED"));

      strictEqual(two.link.state().connected, true);
      strictEqual((await online(a)).includes("two"), true);
    });

    /** Deletes, some of each peer, given to A and B; none is lost or done twice. */
    const storm = async (
      of: typeof peers,
      count: number,
      meanwhile: () => Promise<unknown>,
      via = [a, b],
    ) => {
      const given = of.flatMap((peer) => idsOf(peer).slice(0, count).map((id) => ({ peer, id })));
      const half = Math.floor(given.length / 2);
      const giveAll = (some: typeof given) =>
        Promise.all(some.map(async ({ peer, id }, n) => {
          const words = { type: "file_delete", "catalog_ids": [id] };
          return {
            peer,
            catalogId: id,
            command: await give(via[n % via.length]!, peer.peerId, words),
          };
        }));
      const first = giveAll(given.slice(0, half));
      const event = meanwhile();
      const all = [...await first, ...await giveAll(given.slice(half))];
      await event;
      for (const { peer, catalogId, command } of all) {
        const { state, answers, ...more } = await ended(via[0]!, command, 45_000);
        strictEqual(state, "done", JSON.stringify(more));
        deepStrictEqual(answers, [{ catalog_id: catalogId, success: true }]);
        strictEqual(peer.library.forgotten.get(catalogId), 1, "done once");
      }
      return all.length;
    };

    await test.step("NATS is restarted in the middle", async () => {
      await storm([one, three], 10, async () => {
        await nats.stop();
        await nats.start();
      });
      await until(async () => (await online(a)).length === 4, "all at A again", 20_000);
    });

    await test.step("PostgreSQL is restarted in the middle", async () => {
      await storm([one, three], 10, async () => {
        await postgres.stop();
        await postgres.start();
      });
    });

    await test.step("edge C is killed: its peers are elsewhere, and no command is lost", async () => {
      strictEqual(three.at(), c);
      strictEqual(four.at(), c);
      let movedMs = 0;
      await storm([three, four], 20, async () => {
        const killed = performance.now();
        c.agent.kill("SIGKILL");
        await until(() => three.at() === a && four.at() === b, "the peers of C at A and B");
        await until(() => three.link.state().connected && four.link.state().connected);
        movedMs = performance.now() - killed;
      });

      ok(movedMs < 10_000, `${movedMs}`);
      say(`peers of a killed edge are elsewhere after ${Math.round(movedMs)} ms`);
      for (const edge of [a, b]) {
        await until(async () => (await online(edge)).length === 4, `all at ${edge.id}`);
      }
    });

    await test.step("an edge that was given commands is killed: another sees to them", async () => {
      const [catalogId] = idsOf(four);
      // Its peer is away, so that they wait at B.
      await four.stop();
      await until(async () => !(await online(a)).includes("four"), "four is away", 15_000);
      const command = await give(b, "four", { type: "file_delete", catalog_ids: [catalogId] });
      b.agent.kill("SIGKILL");
      const files = [...four.library.files];
      await using back = startPeer("four", [a], 0);
      for (const [path, file] of files) back.library.files.set(path, file);

      const { state, answers } = await ended(a, command, 40_000);

      strictEqual(state, "done");
      deepStrictEqual(answers, [{ catalog_id: catalogId, success: true }]);
      strictEqual(back.library.forgotten.get(catalogId!), 1);
    });
  },
});
