import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Database, migrations, openDatabase } from "../../../src/db/mod.ts";
import {
  aside,
  Gauge,
  jobId,
  Lanes,
  openJobs,
  Reader,
  type RunningJob,
} from "../../../src/pool/mod.ts";
import { settle, until, within } from "../../helpers/wait.ts";

const signal = new AbortController().signal;
const hash = { id: "hash:drv-a", kind: "hash", title: "Hash the files on a", driveIds: ["drv-a"] };

function openRig(db: Database = openDatabase(":memory:", migrations.library)) {
  const events: Record<string, unknown>[] = [];
  const resumed: string[] = [];
  const jobs = openJobs({
    db,
    publish: (type, data) => {
      strictEqual(type, "job.changed");
      events.push(data);
    },
    onResumed: (id) => resumed.push(id),
  });
  return {
    db,
    jobs,
    events,
    resumed,
    [Symbol.asyncDispose]: () => jobs[Symbol.asyncDispose](),
  };
}

/** Work that goes on until it is told to end. */
async function forever(job: RunningJob): Promise<void> {
  for (;;) {
    await job.ready();
    job.advance(1, 10);
    await sleep(1);
  }
}

Deno.test("a job is shown with its progress, its rate and its end", async () => {
  await using rig = openRig();
  const hold = Promise.withResolvers<void>();
  const running = rig.jobs.run({ ...hash, total: 10, bytesTotal: 1000 }, async (job) => {
    job.advance(4, 400);
    await hold.promise;
    job.advance(6, 600);
    return "hashed";
  }, { signal });
  await sleep(20);

  const { state, done, bytesDone, total, rate, etaS, startedAt } = rig.jobs.get(hash.id);
  deepStrictEqual([state, done, bytesDone, total], ["running", 4, 400, 10]);
  ok(rate!.bytesPerS > 0 && rate!.bytesPerS <= 400 / 0.02);
  ok(Math.abs(etaS! - 600 / rate!.bytesPerS) < etaS! * 0.5);
  ok(Date.parse(startedAt!) <= Date.now());
  hold.resolve();

  strictEqual(await running, "hashed");
  const after = rig.jobs.get(hash.id);
  deepStrictEqual([after.state, after.done, after.etaS], ["done", 10, undefined]);
  ok(after.finishedAt);
});

Deno.test("a job that fails keeps why", async () => {
  await using rig = openRig();

  const failing = rig.jobs.run(hash, () => Promise.reject(new Error("the disk fell")), { signal });

  await rejects(failing, { message: "the disk fell" });
  deepStrictEqual([rig.jobs.get(hash.id).state, rig.jobs.get(hash.id).error], [
    "failed",
    "the disk fell",
  ]);
});

Deno.test("pause() stops a job at its gate, resume() lets it go on, and both can be repeated", async () => {
  await using rig = openRig();
  const running = rig.jobs.run(hash, forever, { signal }).catch((error) => error);
  await until("some work", () => rig.jobs.get(hash.id).done > 2);

  rig.jobs.pause(hash.id);
  const paused = rig.jobs.pause(hash.id);
  await sleep(10);
  const { done } = rig.jobs.get(hash.id);
  await sleep(20);
  strictEqual(rig.jobs.get(hash.id).done, done);
  deepStrictEqual([paused.state, paused.waitingFor], ["paused", "paused by a person"]);

  rig.jobs.resume(hash.id);
  strictEqual(rig.jobs.resume(hash.id).state, "running");
  await until("more work", () => rig.jobs.get(hash.id).done > done);
  rig.jobs.cancel(hash.id);
  await within("the end", running);
});

Deno.test("cancel() ends this run, also of a paused job, and the next one begins anew", async () => {
  await using rig = openRig();
  const running = rig.jobs.run(hash, forever, { signal });
  const ending = rejects(running, { name: "CancelledError", message: /a person cancelled it/ });
  rig.jobs.pause(hash.id);

  strictEqual(rig.jobs.cancel(hash.id).state, "cancelled");
  await within("the end", ending);

  strictEqual(rig.jobs.cancel(hash.id).state, "cancelled");
  for (const verb of ["pause", "resume"] as const) {
    throws(() => rig.jobs[verb](hash.id), {
      name: "ConflictError",
      message: `Cannot ${verb} job "hash:drv-a": it is cancelled`,
    });
  }
  strictEqual(await rig.jobs.run(hash, () => Promise.resolve("again"), { signal }), "again");
  throws(() => rig.jobs.cancel(hash.id), { name: "ConflictError", message: /it is done$/ });
  throws(() => rig.jobs.pause("nothing"), { name: "NotFoundError" });
});

Deno.test("what was paused is paused after a restart, what ran is queued and taken up again", async () => {
  const db = openDatabase(":memory:", migrations.library);
  const probe = { ...hash, id: "probe:drv-a", kind: "probe" };
  {
    await using before = openRig(db);
    for (const spec of [hash, probe]) before.jobs.run(spec, forever, { signal }).catch(() => {});
    await until("some work", () => before.jobs.get(hash.id).done > 0);
    before.jobs.pause(hash.id);
  }

  await using after = openRig(db);
  const shown = after.jobs.list({ after: "", limit: 10 });
  const isDone = await after.jobs.share(hash, forever, { signal });
  const taken = await after.jobs.share(probe, () => Promise.resolve(), { signal });
  after.jobs.resume(hash.id);

  deepStrictEqual(shown.map(({ id, state }) => [id, state]), [
    ["hash:drv-a", "paused"],
    ["probe:drv-a", "queued"],
  ]);
  deepStrictEqual([isDone, taken], [false, true]);
  deepStrictEqual(after.resumed, ["hash:drv-a"]);
  strictEqual(after.jobs.get(hash.id).state, "queued");
});

Deno.test("a killed program's jobs are queued", async () => {
  const db = openDatabase(":memory:", migrations.library);
  await using before = openRig(db);
  before.jobs.run(hash, forever, { signal }).catch(() => {});
  strictEqual(db.get<{ state: string }>("SELECT state FROM jobs")?.state, "running");

  await using after = openRig(db); // the first one has not said good-bye

  deepStrictEqual([after.jobs.get(hash.id).state, after.jobs.get(hash.id).waitingFor], [
    "queued",
    "the next scan",
  ]);
});

Deno.test("whoever shares a job waits no longer once it is paused; it goes on by itself", async () => {
  await using rig = openRig();
  const hold = Promise.withResolvers<void>();
  const work = async (job: RunningJob) => {
    await hold.promise;
    await job.ready();
  };
  const first = rig.jobs.share(hash, work, { signal });
  const second = rig.jobs.share(hash, work, { signal });

  rig.jobs.pause(hash.id);
  deepStrictEqual(await within("both", Promise.all([first, second])), [false, false]);
  hold.resolve();
  rig.jobs.resume(hash.id);
  const third = rig.jobs.share(hash, work, { signal });

  strictEqual(await within("the end", third), true);
  await settle();
  deepStrictEqual([rig.jobs.get(hash.id).state, rig.resumed], ["done", ["hash:drv-a"]]);
});

Deno.test("a job that was shared, paused and cancelled is not begun anew by its cancelling", async () => {
  for (const resumes of [false, true]) {
    await using rig = openRig();
    const shared = rig.jobs.share(hash, forever, { signal });
    rig.jobs.pause(hash.id);
    strictEqual(await within("the sharer", shared), false);
    if (resumes) rig.jobs.resume(hash.id);

    rig.jobs.cancel(hash.id);

    await until("its end", () => rig.jobs.get(hash.id).state === "cancelled");
    await settle();
    deepStrictEqual(rig.resumed, []);
  }
});

/** As a full disk does. */
function refuseToKeep(db: Database): void {
  db.run("CREATE TRIGGER full BEFORE INSERT ON jobs BEGIN SELECT RAISE(FAIL, 'it is full'); END");
}

Deno.test("a job that cannot be kept is not begun, and whoever shares it is told so", async () => {
  await using rig = openRig();
  refuseToKeep(rig.db);

  for (const begin of [rig.jobs.run, rig.jobs.share]) {
    await rejects(begin(hash, () => Promise.resolve(), { signal }), /it is full/);
  }
  deepStrictEqual(rig.jobs.list({ after: "", limit: 10 }), []);
});

Deno.test("a job whose progress cannot be kept goes on, and says so", async () => {
  await using rig = openRig();
  const errors: unknown[] = [];
  await rig.jobs.run(hash, (job) => {
    refuseToKeep(rig.db);
    job.advance(1, 10);
    errors.push(rig.jobs.get(hash.id).error);
    throws(() => rig.jobs.pause(hash.id), /it is full/);
    throws(() => rig.jobs.resume(hash.id), /it is full/);
    rig.db.run("DROP TRIGGER full");
    return job.ready();
  }, { signal });

  deepStrictEqual(errors, ["it is full"]);
  deepStrictEqual([rig.jobs.get(hash.id).state, rig.jobs.get(hash.id).error], ["done", undefined]);
});

Deno.test("a job whose end cannot be kept waits for the next scan, and can be paused until then", async () => {
  await using rig = openRig();
  const running = rig.jobs.run(hash, () => Promise.resolve(refuseToKeep(rig.db)), { signal });
  await rejects(running, /it is full/);
  rig.db.run("DROP TRIGGER full");

  strictEqual(rig.jobs.get(hash.id).state, "queued");
  strictEqual(rig.jobs.pause(hash.id).state, "paused");
});

Deno.test("a part is paused and cancelled with its whole", async () => {
  await using rig = openRig();
  const scan = { id: "scan", kind: "scan", title: "Scan", driveIds: [] };
  const running = rig.jobs.run(
    scan,
    (parent) => rig.jobs.run(hash, forever, { signal, parent }),
    { signal },
  ).catch((error) => error);
  await until("some work", () => (rig.jobs.find(hash.id)?.done ?? 0) > 0);

  rig.jobs.pause("scan");
  const { state, waitingFor } = rig.jobs.get(hash.id);
  rig.jobs.cancel("scan");
  await within("the end", running);

  deepStrictEqual([state, waitingFor], ["paused", "job scan is paused by a person"]);
  deepStrictEqual([rig.jobs.get("scan").state, rig.jobs.get(hash.id).state], [
    "cancelled",
    "queued",
  ]);
});

Deno.test("a job of several queues waits while all of them do, and none of its parts reads", async () => {
  await using rig = openRig();
  const scan = { id: "scan", kind: "scan", title: "Scan", driveIds: [] };
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const part = Promise.withResolvers<void>();
  const said: (string | undefined)[] = [];
  const say = () => said.push(rig.jobs.get("scan").waitingFor);
  await rig.jobs.run(scan, async (job) => {
    const first = job.queue(() => job.waiting(() => one.promise, ["drv-a"]));
    const second = job.queue(async () => {
      say(); // it looks here
      await job.waiting(() => other.promise, ["drv-b"]);
    });
    say();
    const working = rig.jobs.run(hash, () => part.promise, { signal, parent: job });
    say();
    part.resolve();
    await working;
    one.resolve();
    other.resolve();
    await Promise.all([first, second]);
    await rig.jobs.run(hash, async (part) => {
      await part.piece(() => part.waiting(() => Promise.resolve(say())));
    }, { signal, parent: job });
    say();
  }, { signal });

  deepStrictEqual(said, [
    undefined,
    "a turn on drv-a, drv-b",
    undefined,
    `job ${hash.id}: a turn on drv-a`,
    undefined,
  ]);
});

Deno.test("a job that waits for a lane says who reads there", async () => {
  await using rig = openRig();
  const lanes = new Lanes(() => "hdd");
  const isHeld = Promise.withResolvers<void>();
  const hold = Promise.withResolvers<void>();
  const read = (job: RunningJob) =>
    job.piece(async () => {
      using _lease = await job.lease(() => lanes.acquire(["drv-a"], { signal: job.signal }));
      isHeld.resolve();
      await hold.promise;
    });
  const first = rig.jobs.run({ ...hash, id: "probe:drv-a" }, read, { signal });
  await isHeld.promise;
  const second = rig.jobs.run(hash, read, { signal });
  await settle();

  const { state, waitingFor } = rig.jobs.get(hash.id);
  const other = rig.jobs.get("probe:drv-a").state;
  const counts = rig.jobs.countByState();
  hold.resolve();
  await within("both", Promise.all([first, second]));

  deepStrictEqual([state, waitingFor, other], [
    "waiting",
    "drv-a is read by job probe:drv-a",
    "running",
  ]);
  deepStrictEqual([counts.waiting, counts.running], [1, 1]);
});

Deno.test("a job tells at most twice a second that it has changed, and its end in any case", async () => {
  await using rig = openRig();
  const started = performance.now();
  await rig.jobs.run(hash, async (job) => {
    for (let count = 0; count < 300; count++) {
      job.advance(1, 1);
      await sleep(2);
    }
  }, { signal });
  const most = 2 + (performance.now() - started) / 500;

  await until("the last word", () => rig.events.at(-1)?.state === "done");

  ok(rig.events.length <= most && rig.events.length >= 2, `${rig.events.length} events`);
});

Deno.test("of the jobs that have ended, the last 200 are kept", async () => {
  await using rig = openRig();
  rig.jobs.run({ ...hash, id: "hash:lives" }, forever, { signal }).catch(() => {});
  for (let count = 0; count < 230; count++) {
    const id = `hash:${String(count).padStart(3, "0")}`;
    await rig.jobs.run({ ...hash, id }, () => Promise.resolve(), { signal });
    if (count < 40) await sleep(1); // they are ordered by their ends, to the millisecond
  }

  const ids = rig.jobs.list({ after: "", limit: 1000 }).map(({ id }) => id);

  ok(ids.length <= 201, `${ids.length} are kept`);
  ok(ids.includes("hash:229") && ids.includes("hash:lives") && !ids.includes("hash:000"));
});

Deno.test("a job tells what it has read of a piece that is not saved, and counts nothing twice", async () => {
  await using rig = openRig();
  const seen: number[] = [];
  const look = () => seen.push(rig.jobs.get(hash.id).bytesDone);
  await rig.jobs.run({ ...hash, bytesTotal: 1000 }, (job) => {
    const progress = job.progress();
    const other = job.progress();
    progress.add(300);
    other.add(100);
    look();
    progress.add(900); // looked into before, or read twice: more than there is to do
    look();
    progress[Symbol.dispose]();
    job.advance(1, 700);
    look();
    other[Symbol.dispose]();
    look();
    return Promise.resolve();
  }, { signal });

  deepStrictEqual(seen, [400, 1000, 800, 700]);
});

Deno.test("a job that waits for the next scan is done when that finds no work for it", async () => {
  const db = openDatabase(":memory:", migrations.library);
  {
    await using before = openRig(db);
    for (const kind of ["hash", "probe"]) {
      before.jobs.run({ ...hash, id: `${kind}:a`, kind }, forever, { signal }).catch(() => {});
    }
    before.jobs.run({ ...hash, id: "hash:b" }, forever, { signal }).catch(() => {});
    before.jobs.pause("hash:b");
  }
  await using after = openRig(db);

  after.jobs.nothingLeft("hash");

  const states = after.jobs.list({ after: "", limit: 9 }).map(({ id, state }) => [id, state]);
  deepStrictEqual(states, [["hash:a", "done"], ["hash:b", "paused"], ["probe:a", "queued"]]);
});

Deno.test("jobId() is the same for the same drives", () => {
  strictEqual(jobId("hash", ["drv-b", "drv-a"]), "hash:drv-a+drv-b");
});

Deno.test("another program's work for a paused job is ended, and begun anew when it is resumed", async () => {
  await using rig = openRig();
  const lanes = new Lanes(() => "hdd");
  let begun = 0;
  const hold = Promise.withResolvers<string>();
  const program = async (signal: AbortSignal) => {
    begun++;
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    return await Promise.race([hold.promise, promise]);
  };
  const running = rig.jobs.run(hash, (job) =>
    job.piece(async () => {
      using lease = await job.lease(() => lanes.acquire(["drv-a"], { signal: job.signal }));
      return await aside(lease, job.signal, program);
    }), { signal });
  await until("the program", () => begun === 1);

  rig.jobs.pause(hash.id);
  const other = await within("its lane", lanes.acquire(["drv-a"]));
  rig.jobs.resume(hash.id);
  await settle();
  const { state, waitingFor } = rig.jobs.get(hash.id);
  other[Symbol.dispose]();
  await until("the program again", () => begun === 2);
  rig.jobs.pause(hash.id);
  rig.jobs.resume(hash.id);
  await until("the program once more", () => begun === 3);
  hold.resolve("asked");

  strictEqual(await within("the answer", running), "asked");
  deepStrictEqual([state, waitingFor], ["waiting", "a turn on drv-a"]);
});

Deno.test("a job that is paused while it stands aside does not read on when its turn comes", async () => {
  await using rig = openRig();
  const lanes = new Lanes(() => "hdd");
  using gauge = new Gauge();
  const reader = new Reader(gauge.cells);
  const end = Promise.withResolvers<void>();

  const running = rig.jobs.run(hash, async (job) => {
    for (const options of [{ gauge }, {}]) {
      using lease = await job.lease(() => lanes.acquire(["drv-a"], { signal, ...options }));
      const other = lanes.acquire(["drv-a"], { priority: "interactive" });
      reader.stand();
      const turn = lease.yield();
      const held = await within("its lane", other);
      rig.jobs.pause(hash.id);
      held[Symbol.dispose]();
      await within("its turn", turn);

      if (options.gauge) strictEqual(reader.mustAsk, true);
      else strictEqual(lease.asked.aborted, true);
      rig.jobs.resume(hash.id);
    }
    await end.promise;
  }, { signal });
  end.resolve();
  await running;
});
