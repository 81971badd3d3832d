/**
 * An ingest on a simulated disk, with its real journal in SQLite: it runs until the world ends, and
 * is opened again on what is left.
 *
 * @module
 */
import { silent } from "../../../../src/base/log.ts";
import { type Database, migrations, openDatabase } from "../../../../src/db/mod.ts";
import type { IngestDeps } from "../../../../src/items/ingest/deps.ts";
import { openIngest } from "../../../../src/items/ingest/ingest.ts";
import {
  defaultOptions,
  type Mode,
  type NewStep,
  type Plan,
} from "../../../../src/items/ingest/model.ts";
import { createIngestStore, type IngestStore } from "../../../../src/items/ingest/store.ts";
import { openJobs } from "../../../../src/pool/mod.ts";
import { Crash, type SimDisk, World } from "./sim_disk.ts";

export const PLAN = "000000000-testplan";

export type Wanted = Pick<NewStep, "source" | "target"> & Partial<NewStep>;

export const openJournal = (): Database => openDatabase(":memory:", migrations.library);

export class Sim {
  readonly store: IngestStore;
  /** Rows of the steps as a power cut leaves them at least. */
  #durable: Record<string, string | number | null>[] = [];

  /** A database serves many, one after the other. */
  constructor(readonly disk: SimDisk, readonly db: Database) {
    db.run("DELETE FROM ingest_plans");
    db.run("DELETE FROM jobs");
    this.store = createIngestStore(db);
  }

  plan(mode: Mode, steps: readonly Wanted[], over: Partial<Plan> = {}): void {
    this.store.insertPlan({
      id: PLAN,
      sources: ["/a/in"],
      target: "/b/films",
      policy: "flat",
      mode,
      state: "planned",
      options: defaultOptions,
      room: { neededBytes: 0, largestBytes: 0, enough: true },
      version: 1,
      createdBy: "owner",
      createdAt: new Date().toISOString(),
      ...over,
    });
    this.store.insertSteps(
      PLAN,
      steps.map((it, seq): NewStep => ({
        seq,
        sizeBytes: this.disk.read(it.source)?.length ?? 0,
        modifiedMs: 1000,
        action: "take",
        reason: "test",
        ...it,
      })),
    );
    this.#keep();
  }

  /** Runs the plan in this world. Whether it came to its end. */
  async run(world = new World()): Promise<boolean> {
    this.disk.world = world;
    await using jobs = openJobs({ db: this.db, publish: () => {} });
    const ingest = openIngest(this.#deps(jobs), {
      disk: this.disk,
      store: this.#watched(world),
      openParser: () => Promise.reject(new Error("not asked")),
    });
    try {
      await ingest.execute(PLAN, { signal: AbortSignal.timeout(20_000) });
      return !world.isOver;
    } catch (error) {
      if (error instanceof Crash || world.isOver) return false;
      throw error;
    }
  }

  /** The journal loses what was not made durable. */
  cutPower(): void {
    for (const { seq, ...row } of this.#durable) {
      const names = Object.keys(row);
      this.db.run(
        `UPDATE ingest_steps SET ${names.map((it) => `${it} = ?`).join()} WHERE seq = ?`,
        ...Object.values(row),
        seq!,
      );
    }
  }

  states(): string[] {
    return this.store.steps(PLAN, { after: -1, limit: 100 }).map(({ state }) => state);
  }

  errors(): (string | undefined)[] {
    return this.store.steps(PLAN, { after: -1, limit: 100 }).map(({ error }) => error);
  }

  #keep(): void {
    this.#durable = this.db.all("SELECT * FROM ingest_steps");
  }

  /** Each entry of the journal is a point: before it is made, and once it is. */
  #watched(world: World): IngestStore {
    const { store } = this;
    return new Proxy(store, {
      get: (_, name: keyof IngestStore) => {
        const method = store[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          if (world.isOver) throw new Crash("The program is gone");
          if (name === "enter") world.point();
          const result = method(...args);
          if (name === "durably") this.#keep();
          return result;
        };
      },
    });
  }

  #deps(jobs: IngestDeps["jobs"]): IngestDeps {
    const { disk } = this;
    return {
      db: this.db,
      jobs,
      publish: () => {},
      log: silent,
      hands: {
        touch: (_, work) => work(() => {}),
        digest: (path, expected) => disk.digest(path, expected),
        inLanes: (_paths, _options, work) => work(() => Promise.resolve()),
      },
      settings: () => ({ roots: ["/b/films"], extensions: [".mkv"], excludeDirs: [] }),
      ingestDirs: () => [],
      locate: () => Promise.resolve({ driveIds: ["disk"] }),
      learn: () => Promise.resolve(),
    };
  }
}
