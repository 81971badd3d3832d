/**
 * An edge whose cable is pulled: from its peers, the bus and the database at once.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { say } from "../../helpers/say.ts";
import { startNats } from "../../helpers/nats.ts";
import { startPostgres } from "../../helpers/postgres.ts";
import { grpcTest, until } from "../rig.ts";
import { hasNetworks, lead, makeNetwork } from "./network.ts";
import { ended, give, hasGround, online, startEdgeProcess, startPeer } from "./rig.ts";

Deno.test({
  ...grpcTest,
  name: "a partition heals, and nothing is lost or done twice",
  // As root with the programs of the other tests only: said here, and counted as skipped.
  ignore: !hasGround || !hasNetworks,
  fn: async () => {
    await using network = await makeNetwork();
    await using nats = await startNats({ host: network.near });
    await using postgres = await startPostgres();
    using way = await lead(network.near, postgres.port);
    const database = await postgres.database();
    const there = new URL(database);
    there.host = `${network.near}:${way.port}`;
    await using a = await startEdgeProcess({ id: "a", database, bus: nats.url });
    await using b = await startEdgeProcess({
      id: "b",
      database: there.href,
      bus: nats.url,
      host: network.far,
      wrap: network.inside,
    });
    await using mobile = startPeer("mobile", [b, a], 12);
    await using faithful = startPeer("faithful", [b], 4);
    const both = async () => (await online(a)).sort().join() === "faithful,mobile";
    const files = await until(() => {
      const ids = mobile.library.catalogIds();
      return ids.length === 12 && faithful.library.catalogIds().length === 4 && ids;
    }, "catalogue ids");
    await until(both, "both at A");
    const remove = async (n: number) => {
      const words = { type: "file_delete", "catalog_ids": [files[n]!] };
      return { id: files[n]!, command: await give(a, "mobile", words) };
    };
    const settle = async (given: { id: string; command: string }[]) => {
      for (const { id, command } of given) {
        const { state, answers } = await ended(a, command, 45_000);
        strictEqual(state, "done");
        deepStrictEqual(answers, [{ catalog_id: id, success: true }]);
        strictEqual(mobile.library.forgotten.get(id), 1, "done once");
      }
    };
    await settle([await remove(0)]);

    const pulled = performance.now();
    const underWay = [remove(1), remove(2), remove(3)];
    await network.pull();
    const given = await Promise.all([...underWay, remove(4), remove(5)]);
    await until(() => mobile.at() === a && mobile.link.state().connected, "its peer at A", 30_000);
    const movedMs = performance.now() - pulled;
    await settle(given);
    await until(async () => (await online(a)).join() === "mobile", "B is gone for A", 15_000);

    await network.plug();
    await until(both, "the other peer is back by B", 30_000);
    const [catalogId] = faithful.library.catalogIds();
    const hashed = await give(a, "faithful", {
      type: "file_hash",
      catalog_id: catalogId,
      hash_types: ["md5"],
    });
    strictEqual((await ended(a, hashed)).answers[0]?.success, true);
    await settle([await remove(6), await remove(7)]);
    strictEqual(mobile.at(), a);
    ok(movedMs < 20_000, `${movedMs}`);
    say(`peers of an edge that vanished are elsewhere after ${Math.round(movedMs)} ms`);
  },
});
