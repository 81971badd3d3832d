import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { RunningJob } from "../../src/pool/mod.ts";
import { readExposition } from "../helpers/exposition.ts";
import { within } from "../helpers/wait.ts";
import { openRig, readPages } from "./rig.ts";

const signal = new AbortController().signal;
const spec = (id: string) => ({ id, kind: "hash", title: "Hash", driveIds: ["drv-a"], total: 4 });

Deno.test("jobs are listed page by page, and found by their ids", async () => {
  using rig = openRig();
  await using _jobs = rig.jobs;
  const ids = ["hash:a", "hash:net:nas/films", "hash:ü", "probe:a", "scan"];
  for (const id of ids) await rig.jobs.run(spec(id), () => Promise.resolve(), { signal });

  const { pages, items } = await readPages(rig.get, "/api/jobs/", 2);
  const found = await Promise.all(ids.map(async (id) => {
    const response = await rig.get(`/api/jobs/${encodeURIComponent(id)}/`);
    return (await response.json()).id;
  }));

  deepStrictEqual(pages, [2, 2, 1]);
  deepStrictEqual(items.map((it) => it.id).sort(), ids.toSorted());
  deepStrictEqual(found, ids);
});

Deno.test("a job is paused, resumed and cancelled; each may be repeated", async () => {
  using rig = openRig();
  await using _jobs = rig.jobs;
  const hold = Promise.withResolvers<void>();
  const work = async (job: RunningJob) => {
    job.advance(1, 10);
    await hold.promise;
    await job.ready();
  };
  const running = rig.jobs.run(spec("hash:a"), work, { signal }).catch((error) => error);
  const send = async (verb: string) => {
    const response = await rig.send("POST", `/api/jobs/hash:a/${verb}/`);
    return [response.status, (await response.json()).state];
  };

  const states = [await send("pause"), await send("pause"), await send("resume")];
  const job = await (await rig.get("/api/jobs/hash:a")).json();
  states.push(await send("cancel"), await send("cancel"));
  hold.resolve();
  await within("the end", running);
  states.push(await send("cancel"));

  deepStrictEqual(states, [
    [200, "paused"],
    [200, "paused"],
    [200, "running"],
    [200, "cancelled"],
    [200, "cancelled"],
    [200, "cancelled"],
  ]);
  deepStrictEqual(job.progress, { done: 1, total: 4, bytes_done: 10, bytes_total: null });
  deepStrictEqual([job.drive_ids, job.waiting_for, job.error], [["drv-a"], null, null]);
});

Deno.test("what has ended answers 409, what is not there 404, each with what is wrong", async () => {
  using rig = openRig();
  await using _jobs = rig.jobs;
  await rig.jobs.run(spec("hash:a"), () => Promise.resolve(), { signal });

  const done = await rig.send("POST", "/api/jobs/hash:a/pause");
  const none = await rig.send("POST", "/api/jobs/nothing/cancel");
  const verb = await rig.send("POST", "/api/jobs/hash:a/burn");

  deepStrictEqual([done.status, (await done.json()).detail], [
    409,
    'Cannot pause job "hash:a": it is done',
  ]);
  deepStrictEqual([none.status, (await none.json()).detail], [
    404,
    'Cannot find job "nothing": see them all in /api/jobs/',
  ]);
  strictEqual(verb.status, 404);
});

Deno.test("/metrics is text for Prometheus, for this machine and for whoever has the token", async () => {
  using rig = openRig();

  const here = await rig.get("/metrics");
  const there = await rig.api.request("http://10.0.0.1:8080/metrics", {}, {
    remoteAddress: "10.0.0.2",
  });

  strictEqual(here.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  ok(readExposition(await here.text()).some(({ name }) => name === "up"));
  strictEqual(there.status, 401);
});
