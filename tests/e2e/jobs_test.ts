import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Job } from "../../src/http/mod.ts";
import { listAll, runCommand, startAgent } from "../helpers/agent.ts";
import { has, wav } from "../helpers/clips.ts";
import { readExposition } from "../helpers/exposition.ts";
import { say } from "../helpers/say.ts";
import { tempDir } from "../helpers/temp.ts";

const hasPromtool = await has("promtool", "--version");
if (!hasPromtool) say("promtool is not installed: /metrics is read by our own reader only");

type Agent = Awaited<ReturnType<typeof startAgent>>;

/** A folder whose file takes some seconds to hash, and no space on the disk. */
async function bigFolder(dir: Awaited<ReturnType<typeof tempDir>>): Promise<string> {
  const path = await dir.file("films/big.mkv", wav(1));
  await Deno.truncate(path, 1024 ** 3);
  return `${dir.path}/films`;
}

async function untilJob(agent: Agent, kind: string, test: (job: Job) => boolean): Promise<Job> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const jobs = await listAll<Job>(agent, "/api/jobs/");
    const job = jobs.find((it) => it.kind === kind && test(it));
    if (job) return job;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No such job:\n${agent.output()}`);
}

const verb = (agent: Agent, id: string, verb: string) =>
  fetch(`${agent.url}/api/jobs/${encodeURIComponent(id)}/${verb}/`, { method: "POST" });

Deno.test("a job that a person paused is paused after a kill and a restart, until it is resumed", async () => {
  await using dir = await tempDir();
  const dataDir = `${dir.path}/data`;
  const folder = await bigFolder(dir);
  const options = { dataDir, args: ["--media-dir", folder, "--hash-algorithms", "md5"] };
  let id = "";
  {
    await using agent = await startAgent(options);
    id = (await untilJob(agent, "hash", (it) => it.state === "running")).id;
    const paused = await (await verb(agent, id, "pause")).json();
    strictEqual(paused.state, "paused");
    agent.kill("SIGKILL");
    await agent.status;
  }
  const offline = await runCommand(["jobs", "--json"], { dataDir });

  await using agent = await startAgent(options);
  await untilJob(agent, "scan", (it) => it.state === "done");
  const table = await runCommand(["jobs"], { dataDir });
  const resumed = await runCommand(["jobs", "resume", id], { dataDir });
  const done = await untilJob(agent, "hash", (it) => it.state === "done");
  const late = await runCommand(["jobs", "pause", id, "--json"], { dataDir });
  const unknown = await runCommand(["jobs", "cancel", "nothing"], { dataDir });

  const kept = offline.stdout.trim().split("\n").map((line) => JSON.parse(line));
  strictEqual(kept.find((it) => it.id === id)?.state, "paused");
  match(table.stdout, new RegExp(`${id} +paused .* paused by a person`));
  deepStrictEqual([resumed.code, resumed.stdout], [0, `${id} is queued\n`]);
  deepStrictEqual([done.progress.done, done.progress.bytes_done], [1, 1024 ** 3]);
  deepStrictEqual([late.code, unknown.code], [5, 4]);
});

Deno.test("/metrics of an agent is whole, and the number of workers changes while it runs", async () => {
  await using dir = await tempDir();
  const dataDir = `${dir.path}/data`;
  await using agent = await startAgent({ dataDir, env: { MEDIA_DIRS: await bigFolder(dir) } });
  const hash = await untilJob(agent, "hash", (it) => it.state === "running");
  const read = async () => {
    const text = await (await fetch(`${agent.url}/metrics`)).text();
    const samples = readExposition(text).flatMap((it) => it.samples);
    const valueOf = (name: string) => samples.find((it) => it.name === name)?.value;
    return { text, valueOf };
  };

  const before = await read();
  await runCommand(["config", "set", "workers", "7"], { dataDir });
  const after = await read();
  const still = await agent.get<Job>(`/api/jobs/${encodeURIComponent(hash.id)}/`);
  await verb(agent, hash.id, "cancel");

  strictEqual(after.valueOf("giggityflix_workers_size"), 7);
  ok(before.valueOf("giggityflix_workers_size") !== 7);
  ok(before.valueOf("giggityflix_workers_busy")! >= 1);
  ok(before.valueOf("giggityflix_lane_wait_seconds_count") !== undefined);
  ok(before.valueOf("giggityflix_event_loop_lag_seconds_count")! > 0);
  ok(before.valueOf("process_resident_memory_bytes")! > 10e6);
  strictEqual(still.state, "running", "the job was not begun anew");
  strictEqual(still.started_at, hash.started_at);
  if (hasPromtool) strictEqual(await promtool(before.text), "");
});

/** What promtool has to say against it. */
async function promtool(text: string): Promise<string> {
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await new Blob([text]).stream().pipeTo(child.stdin);
  const { stderr, stdout } = await child.output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}
