/**
 * Several edges, attempts and their pauses: who is linked, and when the next attempt is.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Log, textSink } from "../../../src/base/log.ts";
import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import { parseAddresses, pinFor, withEdge, withoutEdge } from "../../../src/edge/link/addresses.ts";
import { Backoff, SLOW_MS } from "../../../src/edge/link/backoff.ts";
import { freePort } from "../../helpers/port.ts";
import { EdgeLedger, ScriptedEdge } from "../cuts/scripted_edge.ts";
import { CuttingProxy } from "../cuts/proxy.ts";
import { PublishedEdge } from "../published.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../rig.ts";

Deno.test("an edge beside one that was joined has to show its key, or one of its own", () => {
  const [one, two, lone] = ["one:1", "two:2", "two:22"];
  const pins = [`${one}=aa`, "gone:9=ff"];
  const cases = [
    [one, [one, two], pins, "aa"],
    [two, [one, two], pins, "aa"],
    [two, [two, one], pins, "aa"],
    [two, [one, two], [...pins, `${two}=bb`], "bb"],
    [lone, [two, lone], [`${two}=bb`], "bb"],
    // What was joined once and is named no more says nothing of others.
    [two, [two], pins, undefined],
    ["127.0.0.1:5", [], pins, undefined],
  ] as const;
  for (const [address, addresses, known, expected] of cases) {
    strictEqual(pinFor(address, addresses, known), expected, `${address} of ${addresses}`);
  }
});

Deno.test("an edge that is joined comes behind the others, first, or alone; none is there twice", () => {
  const named = (text: string, ...pins: string[]) => ({ addresses: parseAddresses(text), pins });
  const [b, again] = ["b", "a"].map((it) => ({ address: `${it}:1`, fingerprint: `${it}9` }));
  const a = named("a:1", "a:1=aa");
  // What "c:1" had to show is the key of "a:1"; "gone:1" was joined once.
  const group = named("a:1,c:1", "gone:1=ff", "a:1=aa");

  deepStrictEqual(withEdge(named(""), b!), named("b:1", "b:1=b9"));
  deepStrictEqual(withEdge(a, b!), named("a:1,b:1", "a:1=aa", "b:1=b9"));
  deepStrictEqual(withEdge(a, again!), named("a:1", "a:1=a9"));
  deepStrictEqual(withEdge(a, b!, "only"), named("b:1", "b:1=b9"));
  deepStrictEqual(withEdge(withEdge(a, b!), b!, "first"), named("b:1,a:1", "a:1=aa", "b:1=b9"));
  deepStrictEqual(
    withEdge(group, b!, "first"),
    named("b:1,a:1,c:1", "gone:1=ff", "a:1=aa", "b:1=b9", "c:1=aa"),
  );
  deepStrictEqual(withEdge(group, again!), named("a:1,c:1", "gone:1=ff", "a:1=a9"));
  deepStrictEqual(withoutEdge(group, "a:1"), named("c:1", "gone:1=ff", "c:1=aa"));
  deepStrictEqual(withoutEdge(group, "c:1"), named("a:1", "gone:1=ff", "a:1=aa"));
  deepStrictEqual(withoutEdge(a, "a:1"), named(""));
});

Deno.test("parseAddresses() takes several, each once", () => {
  deepStrictEqual(parseAddresses("a:1"), ["a:1"]);
  deepStrictEqual(parseAddresses(" a:1, b:2,,a:1 "), ["a:1", "b:2"]);
  deepStrictEqual(parseAddresses(""), []);
});

Deno.test("attempts are slower and slower, and slow for good after so many", () => {
  const wait = (backoff: Backoff, lived = 0, maxAttempts = 0, most?: number) =>
    backoff.next(lived, { intervalSec: 1, maxAttempts }, most);
  const within = (ms: number, longest: number) => ok(ms <= longest && ms >= longest / 2, `${ms}`);

  const endless = new Backoff();
  for (let n = 1; n <= 40; n++) within(wait(endless), Math.min(1000 * 2 ** n / 64, SLOW_MS));
  strictEqual(endless.failures, 40);
  within(wait(endless, 0, 0, 10_000), 10_000);
  within(wait(endless, 3_600_000), 1000 / 32);
  strictEqual(endless.failures, 1);

  const bounded = new Backoff();
  for (let n = 1; n <= 3; n++) within(wait(bounded, 0, 3), 1000 * 2 ** n / 64);
  within(wait(bounded, 0, 3), SLOW_MS);
  // A stream that lasted starts the quick phase anew.
  within(wait(bounded, 10 * SLOW_MS, 3), 1000 / 32);

  // An edge that drops all after two seconds is left alone for longer than that in the end.
  const dropped = new Backoff();
  let longest = 0;
  for (let n = 0; n < 20; n++) longest = Math.max(longest, wait(dropped, 2000));
  ok(longest < 600, `${longest}`);
  for (let n = 0; n < 20; n++) longest = Math.max(longest, wait(dropped, 900));
  ok(longest > 60_000, `${longest}`);
});

Deno.test(
  "the first edge that is there is taken, and left for a better one",
  grpcTest,
  async () => {
    const best = `127.0.0.1:${freePort()}`;
    const library = new MapLibrary("Alien.mp4", "Brazil.mkv");
    await using second = await startEdge({ edgeId: "edge-2" });
    await using peer = startLink(`${best},${second.address}`, library, {
      timing: { lookUpMs: 40, lookUps: 3 },
    });
    await until(async () => (await titles(second.edge)).length === 2);
    strictEqual(peer.link.state().address, second.address);
    const ids = library.catalogIds();

    // Another catalogue: it does not know the ids of the second, and gives the files its own.
    await using first = await startEdge({ address: best, edgeId: "edge-1" });
    await until(() => peer.link.state().connected && peer.link.state().address === best);
    await until(async () => (await titles(first.edge)).length === 2);
    deepStrictEqual(library.catalogIds().filter((id) => ids.includes(id)), []);

    // Back to the second: the files have the names again that it gave them.
    await first.stop();
    await until(() => peer.link.state().connected && peer.link.state().address === second.address);
    await until(() => library.catalogIds().every((id) => ids.includes(id)));
    await until(async () => (await titles(second.edge)).filter((it) => it.online).length === 2);
  },
);

Deno.test("of several edges that are all away, each is told of once", grpcTest, async () => {
  const ports = [await freePort(), await freePort()];
  const lines: string[] = [];
  const away = () => lines.filter((it) => it.includes("Link to the edge ended"));
  await using _ = startLink(ports.map((it) => `127.0.0.1:${it}`).join(), new MapLibrary(), {
    log: new Log(textSink((line) => void lines.push(line))),
  });

  await until(() => away().length >= 8);

  strictEqual(away().filter((it) => !it.includes("DEBUG")).length, 2, away().join("\n"));
});

Deno.test("an edge that comes and goes is not worth a move", grpcTest, async () => {
  await using best = await CuttingProxy.open(freePort());
  await using second = await startEdge();
  await using peer = startLink(`${best.address},${second.address}`, new MapLibrary(), {
    timing: { lookUpMs: 10, lookUps: 3 },
  });
  await peer.event("link.connected");

  // It takes connections, and drops them.
  await until(() => best.connections >= 9);

  strictEqual(peer.link.state().address, second.address);
  strictEqual(peer.seen.length, 1);
});

Deno.test("an edge that takes connections and is silent holds nothing up", grpcTest, async () => {
  const sockets: Socket[] = [];
  await using silent = createServer((socket) => void sockets.push(socket.resume()));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as { port: number };
  await using second = await startEdge();
  await using peer = startLink(`127.0.0.1:${port},${second.address}`, new MapLibrary(), {
    settings: { timeoutSec: 0.3 },
    timing: { lookUpMs: 1 },
  });
  await peer.event("link.connected");
  strictEqual(peer.link.state().address, second.address);
  await until(() => sockets.length === 2); // it is looked at, which takes 10 s

  const began = performance.now();
  await peer.stop();

  ok(performance.now() - began < 3000);
  for (const socket of sockets) socket.destroy();
});

Deno.test("an edge that freezes is followed by the next, not by itself", grpcTest, async () => {
  await using first = await startEdge();
  await using second = await startEdge();
  await using proxy = await CuttingProxy.open(Number(first.address.split(":")[1]));
  await using peer = startLink(`${proxy.address},${second.address}`, new MapLibrary(), {
    settings: { timeoutSec: 0.4, heartbeatSec: 0.1 },
    timing: { lookUpMs: 60_000 },
  });
  await until(() => peer.link.state().extensions.length > 0);
  strictEqual(peer.link.state().address, proxy.address);

  proxy.cut("silence"); // of this connection; another one would pass
  await peer.event("link.disconnected");
  await until(() => peer.link.state().connected);

  strictEqual(peer.link.state().address, second.address);
});

Deno.test("answers of one edge do not go to another", grpcTest, async () => {
  await using original = await PublishedEdge.open();
  const library = new MapLibrary();
  library.files.set("a", { sizeBytes: 1, catalogId: "a" });
  const ledger = new EdgeLedger();
  const other = await ScriptedEdge.open(ledger);
  const both = `${original.address},127.0.0.1:${other.port}`;
  await using peer = startLink(both, library, { timing: { helloMs: 1 } });
  await original.receive("catalog_announcement");
  original.say({ request_id: "e1", file_delete_request: { catalog_ids: ["a"] } });
  await original.receive("file_delete_response");
  // It was written to a stream that broke before it had lived on: nobody knows whether it came.
  await original[Symbol.asyncDispose]();

  await until(() => ledger.hellos > 0 && ledger.lists > 0);

  deepStrictEqual([...ledger.answers], []);
  strictEqual(waiting(peer.link.metrics()), 1);
  await using again = await PublishedEdge.open(original.address);
  other.kill();
  strictEqual((await again.receive("file_delete_response")).request_id, "e1");
});

function waiting(metrics: { name: string; samples: { value: unknown }[] }[]): unknown {
  return metrics.find(({ name }) => name === "giggityflix_link_answers_waiting")?.samples[0]?.value;
}
