/**
 * Our own edge, killed and started again on the same port and data folder while commands of it are
 * under way: each is answered once in the end, and done once; no list is sent that it had.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type RunningAgent, startAgent } from "../helpers/agent.ts";
import { freePort } from "../helpers/port.ts";
import { say } from "../helpers/say.ts";
import { tempDir } from "../helpers/temp.ts";
import { grpcTest, MapLibrary, startLink, until } from "./rig.ts";
import type { Command } from "./several/rig.ts";

const FILES = 300;
const COMMANDS = 30;

/** Counts what was done to each file, and hashes only while it may. */
class CountingLibrary extends MapLibrary {
  readonly done = new Map<string, number>();
  gate = Promise.withResolvers<void>();
  override hashing = async (name: string, signal: AbortSignal) => {
    await Promise.race([
      this.gate.promise,
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    ]);
    return `${name}-digest`;
  };

  override forget(catalogId: string) {
    super.forget(catalogId);
    this.done.set(catalogId, (this.done.get(catalogId) ?? 0) + 1);
  }
}

Deno.test(
  "our edge is killed while commands are under way, again and again",
  grpcTest,
  async () => {
    await using dir = await tempDir();
    const port = freePort();
    const start = () =>
      startAgent({
        role: "edge",
        dataDir: dir.path,
        env: { EDGE_ID: "edge-1", GRPC_SERVER_ADDRESS: `127.0.0.1:${port}` },
      });
    let edge: RunningAgent = await start();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => edge[Symbol.asyncDispose]());
    const library = new CountingLibrary(...Array.from({ length: FILES }, (_, n) => `${n}.mp4`));
    const peer = stack.use(startLink(`127.0.0.1:${port}`, library, {
      settings: { heartbeatSec: 5, timeoutSec: 10, reconnectIntervalSec: 0.1 },
      // Our edge always greets: not to be taken for an original one on a machine that is busy.
      timing: { longestWaitMs: 200, helloMs: 10_000 },
    }));
    const count = (name: string) =>
      Number(
        peer.link.metrics().find((it) => it.name === `giggityflix_link_${name}`)?.samples[0]?.value,
      );
    const isTold = () => library.catalogIds().length === FILES && count("ids_announced_total") > 0;
    await until(isTold, "the first list", 20_000);

    const given: string[] = [];
    /** Gives a command to the edge, also to the one that comes after it. */
    const give = async (words: Record<string, unknown>) => {
      const id = crypto.randomUUID();
      given.push(id);
      const body = JSON.stringify({ ...words, "request_id": id, "deadline_sec": 60 });
      const headers = { "content-type": "application/json" };
      await until(
        async () => {
          const url = `${edge.url}/api/peers/peer-1/commands/`;
          const response = await fetch(url, { method: "POST", headers, body }).catch(() =>
            undefined
          );
          const text = await response?.text();
          if (response && response.status !== 202 && response.status < 500) throw new Error(text);
          return response?.status === 202;
        },
        "a command to be taken",
        20_000,
      );
      return id;
    };
    const find = (id: string) => edge.get<Command>(`/api/commands/${id}`).catch(() => undefined);
    const kill = async () => {
      const connected = peer.seen.filter(({ type }) => type === "link.connected").length;
      const spared = count("lists_spared_total");
      edge.kill("SIGKILL");
      await edge.status;
      edge = await start();
      await peer.event("link.connected", connected + 1);
      return spared;
    };

    let next = 0;
    const ids = library.catalogIds();
    const take = () => ids[next++]!;
    const hash = () => ({ type: "file_hash", "catalog_id": take(), "hash_types": ["md5", "sha1"] });
    const forget = () => ({ type: "file_delete", "catalog_ids": [take(), take()] });
    const rounds = { hash, both: () => given.length % 2 ? forget() : hash() };
    const began = performance.now();
    for (const [name, words] of Object.entries(rounds)) {
      const announced = count("ids_announced_total");
      const taken: Promise<string>[] = [];
      // Some are taken before it is killed, and some by the next process.
      for (let n = 0; n < COMMANDS; n++) {
        taken.push(give(words()));
        if (n === COMMANDS / 2) await taken[Math.floor(Math.random() * n)];
      }
      if (name !== "hash") await sleep(Math.random() * 30);
      const spared = await kill();
      const outstanding = await Promise.all(given.map(find));
      if (name === "hash") {
        // None was answered: all that it had taken waits in its data folder.
        ok(outstanding.some((it) => it?.state === "waiting"));
        ok(outstanding.every((it) => it?.state !== "done"));
        await until(() => count("lists_spared_total") > spared, "the list to be spared");
        library.gate.resolve();
      }
      await Promise.all(taken);
      let all: (Command | undefined)[] = [];
      const states = async () => {
        all = await Promise.all(given.map(find));
        return all.every((it) => it && it.state !== "waiting");
      };
      const open = () =>
        given.flatMap((id, at) =>
          all[at]?.state === "done" ? [] : [[id, all[at]?.state ?? "lost"]]
        );
      await until(states, `all of "${name}"`, 20_000).catch(() => {});
      deepStrictEqual(open(), [], `after "${name}"`);
      if (name === "hash") strictEqual(count("ids_announced_total"), announced);
    }
    await until(() => count("answers_waiting") === 0);

    // All is told: an edge that is killed now is told nothing again.
    const list = await until(async () => {
      const { items } = await edge.get<{ items: unknown[] }>("/api/catalog/?limit=500");
      return items.length === FILES - library.done.size && items;
    }, "the last list");
    const announced = count("ids_announced_total");
    const spared = await kill();
    await until(() => count("lists_spared_total") > spared, "the list to be spared");
    strictEqual(count("ids_announced_total"), announced);
    const { items } = await edge.get<{ items: unknown[] }>("/api/catalog/?limit=500");
    strictEqual(items.length, list.length);

    strictEqual(given.length, 2 * COMMANDS);
    for (const id of given) {
      const { state, answers } = (await find(id))!;
      const said = answers.map((it) => JSON.stringify(it));
      strictEqual(state, "done");
      strictEqual(new Set(said).size, answers.length, `answered twice: ${said}`);
      ok(answers.every((it) => it.success !== false && !("error" in it)), said.join());
    }
    strictEqual(library.done.size, COMMANDS);
    deepStrictEqual([...library.done].filter(([, times]) => times !== 1), []);
    say(
      `3 kills of our edge, ${given.length} commands: ${Math.round(performance.now() - began)} ms`,
    );
  },
);
