/**
 * Both ends of the link on loopback: an edge in memory, and a library that is a Map.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ConflictError, NotFoundError } from "../../src/base/errors.ts";
import { type AppEvent, Events } from "../../src/base/events.ts";
import { Log, silent, textSink } from "../../src/base/log.ts";
import { migrations, openDatabase, openSqliteState } from "../../src/db/mod.ts";
import {
  createLink,
  type Edge,
  guardStreams,
  type LinkDeps,
  type LinkLibrary,
  type LinkStreams,
  openEdge,
} from "../../src/edge/mod.ts";

const toStderr = textSink((line) => Deno.stderr.writeSync(new TextEncoder().encode(line + "\n")));
/** `TEST_LOG=1` shows what both ends say. */
export const log = Deno.env.get("TEST_LOG") ? new Log(toStderr) : silent;

/** grpc-js keeps an unreferenced timer of 100 ms after each refused connection and has no way to
 * clear it; Deno's leak checks would blame this test for it, or the next. That nothing of it keeps
 * a program alive has its own test in link_test.ts. */
export const grpcTest = { sanitizeOps: false, sanitizeResources: false };

type EdgeSetup = Partial<Parameters<typeof openEdge>[0]> & { address?: string };

/** An edge that listens; `stop` ends it, and so does leaving the scope. */
export async function startEdge({ address = "127.0.0.1:0", ...options }: EdgeSetup = {}) {
  const { publish, ...events } = listen();
  const state = options.state ?? openSqliteState(openDatabase(":memory:", migrations.edge));
  const edge = openEdge({ state, publish, log: log.child("edge"), edgeId: "edge-1", ...options });
  const stopping = new AbortController();
  const port = Promise.withResolvers<number>();
  const running = edge.serve(address, port.resolve)(stopping.signal);
  running.catch(port.reject);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  const rig = { edge, state, stop, address: `127.0.0.1:${await port.promise}`, ...events };
  return Object.assign(rig, { [Symbol.asyncDispose]: stop });
}

export type EdgeRig = Awaited<ReturnType<typeof startEdge>>;

/** A peer that runs; leaving the scope stops it. */
export function startLink(
  address: string,
  library: LinkLibrary,
  { settings, streams, ...more }:
    & { settings?: Partial<LinkDeps["settings"]>; streams?: LinkStreams }
    & Partial<
      Omit<LinkDeps, "settings" | "streams">
    > = {},
) {
  const { publish, ...events } = listen();
  const guarded = guardStreams(
    streams ?? { open: ({ sdp }) => Promise.resolve(`answer to ${sdp}`), close: () => {} },
    { peerId: settings?.peerId ?? "peer-1", publish, log: (more.log ?? log).child("grants") },
  );
  const link = createLink({
    library,
    streams: guarded,
    db: openDatabase(":memory:", migrations.library),
    publish,
    log: log.child("link"),
    settings: {
      address,
      peerId: "peer-1",
      heartbeatSec: 30,
      timeoutSec: 5,
      useTls: false,
      reconnectIntervalSec: 0.1,
      remoteDelete: "forget",
      software: "test",
      ...settings,
    },
    ...more,
  });
  const stopping = new AbortController();
  const running = link.service(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  return Object.assign({ link, guarded, stop, ...events }, { [Symbol.asyncDispose]: stop });
}

/** Media files by path, as the link sees them. */
export class MapLibrary implements LinkLibrary {
  readonly files = new Map<string, { sizeBytes: number; catalogId?: string }>();
  hashing: (name: string, signal: AbortSignal) => Promise<string> = (name) =>
    Promise.resolve(`${name}-digest`);

  #sorted: { catalogId: string; version: string }[] | undefined;

  constructor(...paths: string[]) {
    for (const path of paths) this.files.set(path, { sizeBytes: path.length });
  }

  unoffered(limit: number) {
    return [...this.files].filter(([, file]) => !file.catalogId).slice(0, limit)
      .map(([relativePath, { sizeBytes }]) => ({ relativePath, sizeBytes }));
  }

  assign(pairs: { relativePath: string; catalogId: string }[]) {
    for (const { relativePath, catalogId } of pairs) {
      const file = this.files.get(relativePath);
      if (file) file.catalogId = catalogId;
    }
  }

  catalogIds() {
    return [...this.files.values()].flatMap(({ catalogId }) => catalogId ?? []);
  }

  catalogPage(after: string, limit: number) {
    if (after === "") this.#sorted = undefined;
    this.#sorted ??= [...this.files.values()].flatMap(({ catalogId, sizeBytes }) =>
      catalogId ? { catalogId, version: `${sizeBytes}` } : []
    ).sort((one, other) => one.catalogId < other.catalogId ? -1 : 1);
    const at = after === ""
      ? 0
      : this.#sorted.findIndex(({ catalogId }) => catalogId === after) + 1;
    return this.#sorted.slice(at, at + limit);
  }

  describe(catalogIds: string[]) {
    return catalogIds.flatMap((catalogId) => {
      const found = this.#find(catalogId);
      if (!found) return [];
      const [path, { sizeBytes }] = found;
      const video = { kind: "video", codec: "avc", codecString: "avc1.64001f", width: 640 };
      return [{
        catalogId,
        title: `The ${path}`,
        container: "mp4",
        durationMs: 90_000,
        tracks: [video],
        sizeBytes,
      }];
    });
  }

  async hashes(catalogId: string, names: string[], signal: AbortSignal) {
    this.#assertKnown(catalogId);
    const digests = names.map(async (name) => [name, await this.hashing(name, signal)]);
    return Object.fromEntries(await Promise.all(digests));
  }

  forget(catalogId: string) {
    this.files.delete(this.#assertKnown(catalogId));
  }

  trash(catalogId: string) {
    this.forget(catalogId);
    return Promise.resolve();
  }

  remap(oldId: string, newId: string) {
    if (this.#find(newId)) throw new ConflictError(`Cannot use "${newId}": it is in use`);
    this.files.get(this.#assertKnown(oldId))!.catalogId = newId;
  }

  unassign(catalogIds: string[]) {
    for (const file of this.files.values()) {
      if (catalogIds.includes(file.catalogId ?? "")) delete file.catalogId;
    }
  }

  #find(catalogId: string) {
    return [...this.files].find(([, file]) => file.catalogId === catalogId);
  }

  #assertKnown(catalogId: string): string {
    const found = this.#find(catalogId);
    if (found) return found[0];
    throw new NotFoundError(`Cannot find "${catalogId}"`, { reason: "BAD_CATALOG_ID" });
  }
}

/** Waits until `found` gives something; for states that no event tells of. */
export async function until<Found>(
  found: () => Found | undefined | false | Promise<Found | undefined | false>,
  what = String(found),
  limitMs = 10_000,
): Promise<Found> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(10)) {
    const value = await found();
    if (value !== undefined && value !== false) return value;
  }
  throw new Error(`Waited ${limitMs} ms for ${what}`);
}

/** Whole catalogue of an edge. */
export async function titles(edge: Edge) {
  return (await edge.catalog({ limit: 100 })).items;
}

function listen() {
  const { publish } = new Events();
  const seen: AppEvent[] = [];
  return {
    seen,
    publish: (type: string, data: Record<string, unknown>) => {
      publish(type, data);
      seen.push({ id: seen.length, type, time: "", data });
    },
    /** Waits for the event number `count` of this type. */
    event: (type: string, count = 1) =>
      until(() => seen.filter((it) => it.type === type)[count - 1], `${count}. ${type}`),
  };
}
