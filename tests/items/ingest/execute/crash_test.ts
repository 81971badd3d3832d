/**
 * A crash between any two things that are done, at each of them in turn: nothing is lost, nothing is
 * there twice, and no half file has a final name.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Database } from "../../../../src/db/mod.ts";
import type { Mode } from "../../../../src/items/ingest/model.ts";
import { openJournal, Sim } from "./sim.ts";
import { SimDisk, World } from "./sim_disk.ts";

const FILM = "the bytes of a film, all of them";
const SUBTITLE = "1\n00:00:01 --> 00:00:02\nHello";

interface Scenario {
  mode: Mode;
  /** Whether source and target are on one volume. */
  same: boolean;
  /** Whether the target's volume has hard links. */
  links: boolean;
}

const scenarios: Scenario[] = (["move", "copy", "hardlink", "reflink"] as const).flatMap((mode) =>
  [true, false].flatMap((same) =>
    [true, false].filter((links) => links || mode !== "hardlink")
      .map((links) => ({ mode, same, links }))
  )
).filter(({ mode, same }) => same || mode === "move" || mode === "copy");

function build({ mode, same, links }: Scenario, db: Database): Sim {
  const disk = new SimDisk({ linkless: links ? [] : ["/b"] });
  const from = same ? "/b/in" : "/a/in";
  disk.put(`${from}/one.mkv`, FILM);
  disk.put(`${from}/one.srt`, SUBTITLE);
  disk.makeAll("/b/films");
  const sim = new Sim(disk, db);
  sim.plan(mode, [
    { source: `${from}/one.mkv`, target: "/b/films/One/One.mkv" },
    { source: `${from}/one.srt`, target: "/b/films/One/One.srt", alongWith: 0 },
  ]);
  return sim;
}

/** What must be there once all is done. */
function expected({ mode, same }: Scenario): Record<string, string> {
  const from = same ? "/b/in" : "/a/in";
  return {
    ...mode !== "move" && { [`${from}/one.mkv`]: FILM, [`${from}/one.srt`]: SUBTITLE },
    "/b/films/One/One.mkv": FILM,
    "/b/films/One/One.srt": SUBTITLE,
  };
}

/** At each moment: both contents are somewhere, and what has a final name is whole. */
function checkCrashed(sim: Sim, what: string): void {
  const all = Object.entries(sim.disk.all());
  for (const content of [FILM, SUBTITLE]) {
    ok(all.some(([, it]) => it === content), `${what}: "${content.slice(0, 9)}…" is lost`);
  }
  const half = all.filter(([path, it]) =>
    !path.endsWith(".part") && it !== FILM && it !== SUBTITLE &&
    !(it === "" && sim.states().includes("reserving"))
  );
  deepStrictEqual(half, [], `${what}: half a file under a final name`);
}

function checkDone(sim: Sim, scenario: Scenario, what: string): void {
  deepStrictEqual(sim.disk.all(), expected(scenario), what);
  deepStrictEqual(sim.states(), ["done", "done"], what);
  if (scenario.mode !== "hardlink") return;
  const from = scenario.same ? "/b/in" : "/a/in";
  strictEqual(sim.disk.inodeOf(`${from}/one.mkv`), sim.disk.inodeOf("/b/films/One/One.mkv"));
}

for (const scenario of scenarios) {
  const { mode, same, links } = scenario;
  const where = same ? "on one volume" : "to another volume";
  const name = `${mode} ${where}${links ? "" : " without hard links"}`;

  Deno.test(`a ${name} ends well after a crash at each of its points`, async () => {
    using db = openJournal();
    const crashes: number[] = [];
    for (let at = 0;; at++) {
      const sim = build(scenario, db);
      if (await sim.run(new World(at))) {
        checkDone(sim, scenario, "without a crash");
        break;
      }
      crashes.push(at);
      checkCrashed(sim, `${name}, crash at ${at}`);

      ok(await sim.run(), "the second run comes to its end");

      checkDone(sim, scenario, `${name}, crash at ${at}`);
    }
    ok(crashes.length > 20, `there were ${crashes.length} points`);
  });

  Deno.test(`a ${name} ends well after a crash, and another one while it goes on`, async () => {
    using db = openJournal();
    let pairs = 0;
    let more = true;
    for (let first = 0; more; first += 4) {
      for (let second = 0;; second += 5) {
        const sim = build(scenario, db);
        more = !await sim.run(new World(first));
        if (!more) break;
        const isWhole = await sim.run(new World(second));
        const what = `${name}, crashes at ${first} and ${second}`;
        checkCrashed(sim, what);
        if (!isWhole) ok(await sim.run(), "the third run comes to its end");
        checkDone(sim, scenario, what);
        pairs++;
        if (isWhole) break;
      }
    }
    ok(pairs > 50, `there were ${pairs} pairs`);
  });

  Deno.test(`a ${name} loses nothing by a power cut at each of its points`, async () => {
    using db = openJournal();
    for (let at = 0;; at++) {
      let isWhole = false;
      for (const forgets of ["disk", "journal", "both"]) {
        const sim = build(scenario, db);
        isWhole = await sim.run(new World(at));
        if (forgets !== "journal") sim.disk.cutPower();
        if (forgets !== "disk") sim.cutPower();
        checkCrashed(sim, `${name}, power cut at ${at}, ${forgets} forgets`);
        if (isWhole && forgets === "disk") {
          deepStrictEqual(sim.disk.all(), expected(scenario), "what is done is on the disk");
        }
        if (sim.states().every((state) => state === "done")) continue;

        sim.store.setState("000000000-testplan", "stopped");
        ok(await sim.run(), "the second run comes to its end");

        const what = `${name}, power cut at ${at}, ${forgets} forgets`;
        checkCrashed(sim, what);
        if (mode === "move") checkDone(sim, scenario, what);
      }
      if (isWhole) break;
    }
  });
}
