/**
 * A peer's link that is cut again and again, at points that chance has chosen: in the end every
 * request was answered, what was asked was done once, and no list was sent that the edge had.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { migrations, openDatabase } from "../../src/db/mod.ts";
import { openGrpc } from "../../src/edge/proto.ts";
import { CuttingProxy } from "./cuts/proxy.ts";
import { EdgeLedger, ScriptedEdge } from "./cuts/scripted_edge.ts";
import { grpcTest, MapLibrary, startLink, until } from "./rig.ts";

/** Counts what was done to each file. */
class CountingLibrary extends MapLibrary {
  readonly done = new Map<string, number>();

  override forget(catalogId: string) {
    super.forget(catalogId);
    this.#count(`forget ${catalogId}`);
  }

  override remap(oldId: string, newId: string) {
    super.remap(oldId, newId);
    this.#count(`remap ${oldId}`);
  }

  #count(what: string) {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }
}

/** Chance that can be had again: mulberry32. */
function chance(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const CUTS = 100;
const FILES = 2000;

Deno.test(`a link is cut ${CUTS} times, and nothing is lost or done twice`, grpcTest, async () => {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
  const random = chance(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const grpc = await openGrpc();
  const ledger = new EdgeLedger();
  let edge = await ScriptedEdge.open(ledger, grpc);
  await using proxy = await CuttingProxy.open(edge.port);
  const library = new CountingLibrary();
  for (let n = 0; n < FILES; n++) {
    const catalogId = crypto.randomUUID();
    ledger.idOf.set(`${n}.mp4`, catalogId);
    library.files.set(`${n}.mp4`, { sizeBytes: 1 + n, catalogId });
  }
  library.hashing = async (name, signal) => {
    await sleep(pick(30), undefined, { signal });
    return `${name}-digest`;
  };
  using db = openDatabase(":memory:", migrations.library);
  const start = () =>
    startLink(proxy.address, library, {
      db,
      settings: { heartbeatSec: 0.1, timeoutSec: 0.15, reconnectIntervalSec: 0.02 },
      timing: { helloMs: 200, progressMs: 10 },
    });
  let peer = start();
  ok(await ledger.until(() => ledger.held.size === FILES, 20_000), "the first list");

  let asked = 0;
  const ask = () => {
    const n = asked++;
    const ids = [2 * n, 2 * n + 1].map((at) => ledger.idOf.get(`${at}.mp4`)!);
    const [oldCatalogId, newCatalogId] = [ids[0]!, crypto.randomUUID()];
    const requests = [
      { payload: { case: "fileDeleteRequest", value: { catalogIds: ids } }, wants: 2 },
      {
        payload: {
          case: "fileHashRequest",
          value: { catalogId: ids[1]!, hashTypes: ["md5", "sha1"] },
        },
        wants: 1,
      },
      { payload: { case: "fileRemapRequest", value: { oldCatalogId, newCatalogId } }, wants: 1 },
    ] as const;
    edge.ask(`r${n}`, requests[n % 3]! as Parameters<ScriptedEdge["ask"]>[1]);
  };
  const acts: [count: number, name: string, act: () => Promise<void> | void][] = [
    [45, "reset", () => proxy.cut("reset")],
    [15, "half-open", () => proxy.cut("half-open")],
    [15, "silence", () => proxy.cut("silence")],
    [15, "edge killed", async () => {
      edge.kill();
      edge = await ScriptedEdge.open(ledger, grpc);
      proxy.edgePort = edge.port;
    }],
    [10, "peer restarted", async () => {
      await peer.stop();
      peer = start();
    }],
  ];
  const order = acts.flatMap(([count, name, act]) => Array(count).fill({ name, act }))
    .map((it) => ({ it, at: random() })).toSorted((one, other) => one.at - other.at);
  strictEqual(order.length, CUTS);

  const began = performance.now();
  for (const { it } of order) {
    const isBusy = random() < 0.6;
    for (let count = 0; isBusy && count < 5; count++) ask();
    const before = ledger.hellos;
    let acted: Promise<void> | void = undefined;
    // Mostly in the middle of the first words, sometimes when it is known what the edge has.
    const [known, isLate] = [ledger.lists + ledger.listsSpared, random() < 0.25];
    if (isLate) await ledger.until(() => ledger.lists + ledger.listsSpared > known, 1000);
    const bytes = isBusy ? Math.floor(200 * 1000 ** random()) : Infinity;
    await proxy.after(bytes, 5 + 150 * random() ** 2, () => acted = it.act());
    await acted;
    const isBack = await ledger.until(() => ledger.hellos > before, 10_000);
    ok(isBack, `seed ${seed}: not back after "${it.name}": ${peer.link.state().reason}`);
  }
  const isDone = await ledger.until(() => ledger.isDone(), 15_000);
  ok(isDone, `seed ${seed}: not answered: ${JSON.stringify(ledger.open())}`);
  // The last of the receipts and of the announcements.
  const expected = new Set(library.catalogIds());
  await until(() => ledger.held.size === expected.size && expected.isSubsetOf(ledger.held));
  await until(() => metric(peer.link.metrics(), "answers_waiting") === 0);
  await peer.stop();
  edge.kill();
  const seconds = (performance.now() - began) / 1000;

  const { lists, listsAgain, listsSpared, repeatedAnswers, strangeAnswers, ids } = ledger;
  const facts = { seed, asked, seconds, lists, listsSpared, repeatedAnswers, ids };
  ok(lists > 1 && listsSpared > 0, JSON.stringify(facts));
  strictEqual(strangeAnswers, 0);
  strictEqual(listsAgain, 0, `seed ${seed}: lists that the edge had were sent again`);
  deepStrictEqual([...library.done].filter(([, count]) => count !== 1), []);
  const answers = [...ledger.answers.values()].flat().map((text) => JSON.parse(text));
  const failed = answers.filter(({ case: name, value }) =>
    name === "commandResult" ? value.error : !value.success
  );
  deepStrictEqual(failed, []);
  strictEqual(library.files.size, FILES - 2 * Math.ceil(asked / 3));
});

function metric(all: { name: string; samples: { value: unknown }[] }[], name: string): unknown {
  return all.find((it) => it.name === `giggityflix_link_${name}`)?.samples[0]?.value;
}
