/**
 * Our edge with a state on disk, told what to do by lines: see lines.ts.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { say } from "../../scripts/run.ts";
import { silent } from "../../src/base/log.ts";
import { migrations, openDatabase, openSqliteState } from "../../src/db/mod.ts";
import { openEdge } from "../../src/edge/mod.ts";
import { Sessions } from "../../src/edge/server/sessions.ts";
import { answerEach } from "./lines.ts";
import { load } from "./load.ts";

const [folder] = Deno.args;
const sessions = new Sessions(20_000);
const edge = openEdge({
  state: openSqliteState(openDatabase(join(folder!, "edge.db"), migrations.edge)),
  publish: () => {},
  log: silent,
  edgeId: "edge-1",
  sessions,
});
const stop = new AbortController();
const port = Promise.withResolvers<number>();
const serving = edge.serve("127.0.0.1:0", port.resolve)(stop.signal);
say(JSON.stringify({ port: await port.promise }));

const payload = {
  case: "fileHashRequest" as const,
  value: { catalogId: "title", hashTypes: ["md5"] },
};

await answerEach({
  count: () => Promise.resolve({ count: sessions.count() }),
  memory() {
    const asIs = Deno.memoryUsage().rss;
    // What V8 does by itself when a program has been idle for some minutes.
    const collect = (globalThis as { gc?: (how: object) => void }).gc;
    for (let n = 0; n < 3; n++) collect?.({ type: "major", flavor: "last-resort" });
    const { rss, heapUsed } = Deno.memoryUsage();
    return Promise.resolve({ asIs, rss, heapUsed });
  },
  /** "kept": by the desk that keeps each command in the state until it is done. */
  async load({ rate, seconds, flights, kept }) {
    const all = sessions.all();
    const before = cpuMs();
    const told = await load((at) => {
      const session = all[at % all.length]!;
      if (!kept) return session.ask(payload, 10_000);
      return edge.commands.send({ peerId: session.peerId, payload, deadlineMs: 10_000 });
    }, { rate: Number(rate ?? 0), seconds: Number(seconds), flights: Number(flights ?? 0) });
    return { ...told, cpuMs: cpuMs() - before };
  },
});
stop.abort();
await serving;
Deno.exit(0);

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1000);
}
