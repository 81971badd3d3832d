/**
 * kill -9 at ten random moments of a first scan: nothing doubled, nothing lost, nothing read twice.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { listAll, type MediaItem, startAgent, untilScanned } from "../helpers/agent.ts";
import { say } from "../helpers/say.ts";

const FILES = 1000;
const KILLS = 10;

interface Stored {
  name: string;
  size: number;
  status: string;
}

Deno.test("a first scan killed ten times ends with every file once, hashed right, read once", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "giggityflix-kill-" }));
  const dataDir = await Deno.makeTempDir();
  await makeFiles(root);
  const options = { dataDir, args: ["--media-dir", root] };

  // Each file takes three steps. Moments at random over all steps, because a time at random
  // would hit the same step on a slow machine, and the end on a fast one.
  const moments = Array.from({ length: KILLS }, () => Math.random() * FILES * 3).sort((a, b) =>
    a - b
  );
  const stages: string[] = [];
  for (const moment of moments) {
    await using agent = await startAgent(options);
    await untilDone(dataDir, moment);
    agent.kill("SIGKILL");
    await agent.status;
    stages.push(stageOf(readStored(dataDir)));
  }

  const before = readStored(dataDir);
  const unhashed = before.filter(({ status }) => status !== "ready");
  const known = new Set(before.map(({ name }) => name));
  await using agent = await startAgent(options);
  const { last } = await untilScanned(agent);
  const items = await listAll<MediaItem>(agent, "/api/media/");

  strictEqual(items.length, FILES);
  strictEqual(new Set(items.map((item) => item.relative_path)).size, FILES);
  deepStrictEqual([...new Set(items.map(({ status }) => status))], ["ready"]);
  const hashes = await md5sums(root);
  for (const item of items) {
    const { hashes: found } = await agent.get<{ hashes: { md5: string } }>(
      `/api/media/${item.id}/`,
    );
    strictEqual(found.md5, hashes.get(item.relative_path), item.relative_path);
  }

  // What the last run read for hashes is what no run before it had finished, and not a byte more;
  // looking into a new file reads at most the file again.
  const toHash = unhashed.reduce((sum, { size }) => sum + size, 0) +
    items.filter((item) => !known.has(item.relative_path))
      .reduce((sum, item) => sum + item.size_bytes, 0);
  const toProbe = unhashed.filter(({ status }) => status === "new")
    .reduce((sum, { size }) => sum + size, 0) + (FILES - known.size) * 22_010;
  say(
    `killed in: ${stages.join(", ")}; the last run read ${last!.bytes_read} bytes ` +
      `where ${toHash} were still to be hashed`,
  );
  ok(last!.bytes_read >= toHash, `${last!.bytes_read} of ${toHash}`);
  ok(last!.bytes_read <= toHash + toProbe, `${last!.bytes_read} of ${toHash} + ${toProbe}`);

  await fetch(`${agent.url}/api/media/scan/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ wait: true }),
  }).then((it) => it.json()).then((report) =>
    strictEqual(report.bytes_read, 0, JSON.stringify(report))
  );
  await Deno.remove(root, { recursive: true });
});

/** By the database, for the agent has enough to do. */
async function untilDone(dataDir: string, moment: number): Promise<void> {
  using db = new DatabaseSync(`${dataDir}/library.db`, { readOnly: true });
  const counts = db.prepare("SELECT status, count(*) files FROM media GROUP BY status");
  const steps: Record<string, number> = { new: 1, probed: 2, ready: 3 };
  for (;;) {
    const done = counts.all().map(({ status, files }) => steps[String(status)]! * Number(files));
    if (done.reduce((sum, it) => sum + it, 0) >= moment) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Small distinct files: a sample's first bytes, and a number. */
async function makeFiles(root: string): Promise<void> {
  const sample = await Deno.readFile("samples/Falling Into Mandelbrot.webm");
  for (let folder = 0; folder < 20; folder++) await Deno.mkdir(`${root}/${folder}`);
  for (let at = 0; at < FILES; at++) {
    const bytes = new Uint8Array(20_010 + at);
    bytes.set(sample.subarray(0, 20_000));
    bytes.set(new TextEncoder().encode(String(at)), 20_000);
    await Deno.writeFile(`${root}/${at % 20}/film ${at}.webm`, bytes);
  }
}

/** What stands in the database after a kill, read as anybody's SQLite would read it. */
function readStored(dataDir: string): Stored[] {
  const db = new DatabaseSync(`${dataDir}/library.db`);
  try {
    const rows = db.prepare("SELECT relative_path name, size_bytes size, status FROM media").all();
    return rows.map(({ name, size, status }) => ({
      name: String(name),
      size: Number(size),
      status: String(status),
    }));
  } finally {
    db.close();
  }
}

function stageOf(stored: Stored[]): string {
  if (stored.length < FILES) return "walk";
  if (stored.some(({ status }) => status === "new")) return "probe";
  return stored.some(({ status }) => status === "probed") ? "hash" : "rest";
}

async function md5sums(root: string): Promise<Map<string, string>> {
  const names: string[] = [];
  for await (const folder of Deno.readDir(root)) {
    for await (const file of Deno.readDir(`${root}/${folder.name}`)) {
      names.push(`${folder.name}/${file.name}`);
    }
  }
  const { stdout, success } = await new Deno.Command("md5sum", {
    args: ["--", ...names],
    cwd: root,
  })
    .output();
  ok(success);
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return new Map(lines.map((line) => [line.slice(34), line.slice(0, 32)]));
}
