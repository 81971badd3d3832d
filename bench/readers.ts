/**
 * Whether those who look at the library wait for a scan: the same question over HTTP, again and again,
 * with nothing else to do and in the middle of a first scan.
 *
 * @module
 */
import { say } from "../scripts/run.ts";
import { type RunningAgent, startAgent } from "../tests/helpers/agent.ts";
import { type Corpus, makeCorpus } from "./corpus.ts";

const AT_MOST = 2;
const IDLE_MS = 5000;
const LIMIT_MS = 120_000;

/** The longest of a hundred answers, roughly: with a scan, and without one. */
export async function benchReaders(corpus: Corpus, folder: string): Promise<void> {
  say(`\nGET /api/media/ while ${corpus.files} files are scanned for the first time`);
  // Some rows to list, before and while.
  const some = await makeCorpus(`${folder}/some`, { files: 200 });
  const env = { HASH_ALGORITHMS: "md5" };
  await using agent = await startAgent({ dataDir: `${folder}/readers-data`, env });
  const scan = (path: string, wait: boolean) => post(agent, { folders: [path], wait });
  await scan(some.folder, true);

  const until = performance.now() + IDLE_MS;
  const idle = await times(agent, () => performance.now() < until);
  await scan(corpus.folder, false);
  const isRunning = async () => (await agent.get<{ running: boolean }>("/api/media/scan/")).running;
  let running = true;
  const watching = (async () => {
    const limit = performance.now() + LIMIT_MS;
    while (running && performance.now() < limit) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      running = await isRunning();
    }
    running = false;
  })();
  const busy = await times(agent, () => running);
  await watching;
  const ratio = p99(busy) / p99(idle);
  say(
    `  p99 ${p99(busy).toFixed(1)} ms of ${busy.length} answers, idle ${
      p99(idle).toFixed(1)
    } ms of ` +
      `${idle.length}: ${ratio.toFixed(2)} times, goal at most ${AT_MOST}: ` +
      (ratio <= AT_MOST ? "reached" : "MISSED"),
  );
}

async function times({ url }: RunningAgent, goOn: () => boolean): Promise<number[]> {
  const all: number[] = [];
  while (goOn()) {
    const began = performance.now();
    await (await fetch(`${url}/api/media/?limit=50`)).text();
    all.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 5)); // as a page asks, not as a flood
  }
  return all;
}

async function post({ url }: RunningAgent, body: unknown): Promise<void> {
  const response = await fetch(`${url}/api/media/scan/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`Cannot measure: the scan says ${await response.text()}`);
  await response.text();
}

function p99(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * 0.99)] ?? NaN;
}
