/**
 * Which peer is where, over an embedded bus; several_test.ts has it over NATS.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { UnavailableError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import { createEmbeddedBus } from "../../../src/edge/server/routing/bus/embedded.ts";
import { Presence } from "../../../src/edge/server/routing/presence/presence.ts";
import type { Bus } from "../../../src/edge/server/routing/bus/bus.ts";
import { Log, type LogEntry } from "../../../src/base/log.ts";
import { until } from "../rig.ts";

function startPresence(bus: Bus, edgeId: string, catalogue = "one", log: Log = silent) {
  const moved: string[] = [];
  const taken: string[] = [];
  const run = crypto.randomUUID();
  const presence = new Presence(edgeId, {
    bus,
    log,
    card: () => Promise.resolve({ edgeId, run, catalogue, grantKeys: [] }),
    moved: (peerId) => moved.push(peerId),
    died: () => {},
    taken: (peerId) => taken.push(peerId),
  });
  const stopping = new AbortController();
  const running = presence.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  return { presence, moved, taken, stop, [Symbol.asyncDispose]: stop };
}

Deno.test("a peer is where it came last, and its former edge hears of it", async () => {
  const open = createEmbeddedBus();
  await using a = startPresence(open(), "a");
  await using b = startPresence(open(), "b");
  await using c = startPresence(open(), "c");

  a.presence.own.come("p", ["stream"]);
  await until(() => c.presence.find("p")?.edgeId === "a");
  deepStrictEqual(c.presence.find("p")?.extensions, ["stream"]);
  strictEqual(a.presence.find("p"), undefined, "it is no other edge's");
  deepStrictEqual(c.presence.peers(), ["p"]);

  b.presence.own.come("p", []);
  await until(() => c.presence.find("p")?.edgeId === "b");
  await until(() => a.taken.length === 1);
  await until(() => a.presence.find("p")?.edgeId === "b");
  a.presence.own.go("p");
  b.presence.own.come("p", ["trickle"]);
  await until(() => a.presence.find("p")?.extensions.includes("trickle"));
  deepStrictEqual(b.taken, []);

  b.presence.own.go("p");
  await until(() => c.presence.find("p") === undefined && c.presence.peers().length === 0);
  a.presence.own.come("p", []);
  await until(() => c.presence.find("p")?.edgeId === "a");
  deepStrictEqual(a.taken, ["p"]);
});

Deno.test("a bus that takes nothing is tried with each beat, not all the time", async () => {
  const open = createEmbeddedBus();
  const bus = open();
  let [isAway, tries] = [false, 0];
  const records: Bus["records"] = async (name, lifeMs, signal) => {
    const real = await bus.records(name, lifeMs, signal);
    const put: typeof real.put = async (...said) => {
      // Else whoever tries all the time would never come to an end.
      if (isAway && ++tries < 100) throw new UnavailableError("Cannot use the bus: it is away");
      return await real.put(...said);
    };
    return { ...real, put };
  };
  await using a = startPresence({ ...bus, records, isUp: () => !isAway }, "a");
  await using b = startPresence(open(), "b");
  a.presence.own.come("p", []);
  await until(() => b.presence.find("p"));

  isAway = true;
  a.presence.own.come("q", []);
  a.presence.own.come("r", []);
  await until(() => tries > 0);
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
  ok(tries < 10, `it has tried ${tries} times`);

  isAway = false;
  await until(() => b.presence.find("q") && b.presence.find("r"));
});

Deno.test("an edge that ends takes its peers with it", async () => {
  const open = createEmbeddedBus();
  await using a = startPresence(open(), "a");
  const b = startPresence(open(), "b");
  b.presence.own.come("p", []);
  await until(() => a.presence.find("p")?.edgeId === "b");

  await b.stop();

  await until(() => a.presence.find("p") === undefined);
  await until(() => a.presence.edges().length === 0);
});

Deno.test("an edge of the same name, or of another catalogue, is a mistake that is said", async () => {
  const open = createEmbeddedBus();
  const entries: LogEntry[] = [];
  const log = new Log((entry) => void entries.push(entry));
  await using _a = startPresence(open(), "a", "one", log);
  await using _other = startPresence(open(), "b", "two");
  await using _twin = startPresence(open(), "a", "one", log);

  await until(() => entries.some(({ message }) => message.includes("EDGE_DATABASE_URL")));
  await until(() => entries.some(({ message }) => message.includes("own EDGE_ID")));
});
