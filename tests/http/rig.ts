/** The REST API over small ports in memory. @module */
import { openScreenshots } from "../../src/edge/server/screenshots/mod.ts";
import { Subscriptions, SubscriptionStore } from "../../src/edge/server/subscriptions/mod.ts";
import { openRouting } from "../../src/edge/server/routing/mod.ts";
import { Sessions } from "../../src/edge/server/sessions.ts";
import { Events } from "../../src/base/events.ts";
import { ConflictError, NotFoundError } from "../../src/base/errors.ts";
import { Log, type LogEntry, silent } from "../../src/base/log.ts";
import { Configuration } from "../../src/config/mod.ts";
import { type Database, migrations, openDatabase, openSqliteState } from "../../src/db/mod.ts";
import { openDriveStore } from "../../src/drives/mod.ts";
import {
  type ApiPorts,
  createApi,
  type DriveHealthPort,
  type EdgePort,
} from "../../src/http/mod.ts";
import type { MediaFile, OpenedFile } from "../../src/media/mod.ts";
import { createPeople, type PeopleOptions } from "../../src/people/mod.ts";
import { openJobs } from "../../src/pool/mod.ts";

export const TOKEN = "the-token";

export interface RigOptions {
  /** Milliseconds since 1970, for people. */
  now?: () => number;
  /** What rules may speak of. */
  knows?: PeopleOptions["knows"];
  content?: Uint8Array;
  ports?: Partial<ApiPorts>;
}

export const MODIFIED_MS = Date.UTC(2026, 0, 5);

export function openRig(
  { content = new Uint8Array(1000), ports = {}, now = Date.now, knows }: RigOptions = {},
) {
  const db: Database = openDatabase(":memory:", migrations.library);
  const edgeDb: Database = openDatabase(":memory:", migrations.edge);
  const events = new Events();
  const entries: LogEntry[] = [];
  const files = Array.from({ length: 7 }, (_, index) => mediaFile(`m-${index}`));
  const driveStore = openDriveStore(db);
  driveStore.save({
    drives: ["a", "b", "c"].map((name) => ({
      id: `drv-${name}`,
      name,
      sizeBytes: 1000,
      kind: "hdd" as const,
      evidence: "it says so",
      removable: false,
    })),
    partitions: [{
      id: "prt-a",
      name: "a1",
      driveIds: ["drv-a"],
      sizeBytes: 1000,
      volumeId: "vol-a",
    }],
    volumes: [{
      id: "vol-a",
      name: "a1",
      driveIds: ["drv-a"],
      mountPoints: ["/films"],
      sizeBytes: 1000,
      devices: ["a1"],
    }],
    graph: {
      nodes: [{ id: "drv-a", type: "drive", name: "a", sizeBytes: 1000 }],
      edges: [{ from: "prt-a", to: "drv-a" }],
    },
  });
  const jobs = openJobs({ db, publish: events.publish });
  const opened: { open: number; closed: number } = { open: 0, closed: 0 };
  const scans: (string[] | undefined)[] = [];
  const words: string[] = [];
  const said = (word: string, id: string) => {
    if (id !== confirmation.id) throw new NotFoundError(`Cannot find "${id}"`);
    words.push(word);
    return Promise.resolve(confirmation);
  };
  const log = new Log((entry) => void entries.push(entry));
  const people = createPeople({
    state: openSqliteState(edgeDb),
    publish: events.publish,
    log,
    now,
    knows,
    cost: { ln: 4, r: 1, p: 1 },
  });
  const api = createApi({
    health: { parts: () => ({ media: { status: "healthy", files: 7 }, edge: { status: "off" } }) },
    configurations: new Configuration(db, { environment: { MAX_PEERS: "5" }, flag: {} }),
    events,
    peer: {
      drives: {
        ...driveStore,
        mountState: (id) => ({
          mountPoint: "/films",
          answering: id !== "vol-a",
          since: "2026-01-05T00:30:00.000Z",
          reason: "sda has 3 requests and answers none",
          totalBytes: 900,
          freeBytes: 400,
        }),
        locate: (path) =>
          Promise.resolve({
            driveIds: ["drv-a"],
            mountPoint: "/films",
            pathInVolume: "/a b.mkv",
            chain: [{ type: "mount", name: "/films", text: `mount of ${path}` }],
          }),
        refresh: () => Promise.resolve({ drivesAdded: 1, partitionsAdded: 2 }),
        ...healthPort,
      },
      library: {} as never,
      media: {
        list: ({ after, limit }) => files.filter(({ id }) => id > after).slice(0, limit),
        find: (id) => files.find((file) => file.id === id),
        hashesOf: () => ({ md5: "abc" }),
        detailsOf: () => ({ chapters: [{ startMs: 0, title: "One" }] }),
        open: (file) => {
          if (file.status === "missing") throw new NotFoundError(`Cannot read "${file.title}"`);
          opened.open++;
          return Promise.resolve(openedFile(content, () => opened.closed++));
        },
        throwAway: (file, why) => {
          if (file.status === "offline") throw new ConflictError("Cannot throw it away");
          words.push(`${file.id}: ${why}`);
          return Promise.resolve();
        },
        scanState: () => ({ running: false }),
        confirmations: () => [confirmation],
        confirmGone: (id) => said("confirm", id),
        keepGone: (id) => said("dismiss", id),
        scan: (folders) => {
          scans.push(folders);
          return Promise.resolve({ ...report });
        },
        beginScan: (folders) => {
          scans.push(folders);
          if (folders?.includes("/busy")) throw new ConflictError("Cannot scan: one is under way");
          return Promise.resolve();
        },
      },
      jobs,
    },
    edge: edgePort(),
    people,
    metrics: () => [{ name: "up", type: "gauge", help: "1", samples: [{ value: 1 }] }],
    ...ports,
  }, { token: TOKEN, log, names: () => ["films.example"] });
  return {
    api,
    people,
    events,
    jobs,
    entries,
    opened,
    scans,
    words,
    files,
    get: (path: string, init: RequestInit = {}) => Promise.resolve(api.request(at(path), init)),
    send: (method: string, path: string, body?: unknown, type = "application/json") =>
      Promise.resolve(api.request(at(path), {
        method,
        ...body !== undefined && {
          body: typeof body === "string" ? body : JSON.stringify(body),
          headers: { "content-type": type },
        },
      })),
    [Symbol.dispose]: () => {
      edgeDb[Symbol.dispose]();
      db[Symbol.dispose]();
    },
  };
}

export const at = (path: string) => `http://127.0.0.1:8080${path}`;

/** The whole list behind `path`, page by page. */
export async function readPages(
  get: (path: string) => Promise<Response>,
  path: string,
  limit: number,
): Promise<{ pages: number[]; items: Record<string, unknown>[] }> {
  const items: Record<string, unknown>[] = [];
  const pages: number[] = [];
  for (let cursor = "";;) {
    const more = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page = await (await get(`${path}?limit=${limit}${more}`)).json();
    items.push(...page.items);
    pages.push(page.items.length);
    if (page.next_cursor === null) return { pages, items };
    cursor = page.next_cursor;
  }
}

const confirmation = {
  id: "0f3a6c1d2b4e5f60",
  root: "/films",
  files: 412,
  since: "2026-01-05T00:30:00.000Z",
};

const report = {
  files: 1,
  new: 1,
  changed: 0,
  moved: 0,
  gone: 0,
  offline: 0,
  confirmations: [confirmation],
  errors: 0,
  bytesRead: 5,
  seconds: 0.12345,
  phases: { walk: 0.1, probe: 0, hash: 0 },
  issues: [],
  left: [],
};

function mediaFile(id: string): MediaFile {
  return {
    id,
    root: "/films",
    relativePath: `${id}.mp4`,
    title: id,
    sizeBytes: 1000,
    modifiedMs: MODIFIED_MS,
    driveIds: ["drv-a"],
    status: "ready",
    tracks: [{ kind: "video", codec: "avc", codecString: "avc1.64001f", width: 640 }],
    addedAt: "2026-01-05T00:00:00.000Z",
    updatedAt: "2026-01-05T00:00:00.000Z",
  };
}

function openedFile(content: Uint8Array, onClose: () => void): OpenedFile {
  return {
    sizeBytes: content.length,
    modifiedMs: MODIFIED_MS,
    mimeType: "video/mp4",
    read: (offset, length) =>
      Promise.resolve(Uint8Array.from(content).slice(offset, offset + length)),
    [Symbol.dispose]: onClose,
  };
}

export function edgePort(): EdgePort {
  const titles = Array.from({ length: 5 }, (_, index) => ({
    catalog_id: `c-${index}`,
    title: `Title ${index}`,
    size_bytes: 10,
    online: true,
    available_peer_count: 1,
    replicas: [],
  }));
  const pageOf = <T>(
    all: T[],
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ) => {
    const from = Number(cursor ?? 0);
    const next = from + limit;
    return {
      items: all.slice(from, next),
      ...next < all.length && { nextCursor: String(next) },
    };
  };
  const peers = ["p-1", "p-2"].map((id) => ({
    peer_id: id,
    online: true,
    connected_at: null,
    last_seen_at: null,
    catalog_size: 3,
  }));
  const streams = Array.from({ length: 5 }, (_, index) => ({
    sessionId: `s-${index}`,
    catalogId: "c-1",
    peerId: "p-1",
    viewer: "owner",
    openedAt: "2026-01-05T00:00:00.000Z",
    viewerSdp: "v=0\r\na=ice-ufrag:abcd\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
  }));
  const find = <T>(all: T[], test: (item: T) => boolean): T => {
    const item = all.find(test);
    if (!item) throw new NotFoundError("Cannot find it");
    return item;
  };
  const noIdentity = () => Promise.reject(new NotFoundError("Cannot find it: these are no peers"));
  return {
    invite: noIdentity,
    invitations: () => Promise.resolve([]),
    removeInvitation: noIdentity,
    findIdentity: noIdentity,
    setRevoked: noIdentity,
    forgetKey: noIdentity,
    peers: (page) => Promise.resolve(pageOf(peers, page)),
    findPeer: async (id) => await find(peers, (it) => it.peer_id === id),
    catalog: (page) => Promise.resolve(pageOf(titles, page)),
    findTitle: async (id) => await find(titles, (it) => it.catalog_id === id),
    tagsOf: () => Promise.resolve(new Map()),
    edgeOf: (peerId) => peerId === "p-2" ? "edge-2" : "edge-1",
    lastCopies: (page) => Promise.resolve(pageOf(titles.slice(0, 1), page)),
    subscriptions: new Subscriptions(
      new SubscriptionStore(openSqliteState(openDatabase(":memory:", migrations.edge))),
      "edge-1",
      () => {},
      () => {},
    ),
    commands: openRouting({
      state: openSqliteState(openDatabase(":memory:", migrations.edge)),
      edgeId: "edge-1",
      sessions: new Sessions(1),
      grantKeys: () => Promise.resolve([]),
      vouch: () => "",
      probe: () => Promise.resolve(true),
      end: () => {},
      bereft: () => {},
      aboutStream: () => {},
      publish: () => {},
      log: new Log(() => {}),
    }).commands,
    screenshots: openScreenshots({
      state: openSqliteState(openDatabase(":memory:", migrations.edge)),
      titlesOf: () => Promise.resolve([]),
      findPeer: () => undefined,
      viewersOf: () => 0,
      publish: () => {},
      log: silent,
    }).screenshots,
    maxScreenshots: () => 10,
    streams: () => streams,
    openStream: () => Promise.resolve({ sessionId: "s-9", peerId: "p-1", sdp: "v=0" }),
    closeStream: (id) => void find(streams, (it) => it.sessionId === id),
    findStream: (id) => find(streams, (it) => it.sessionId === id),
    answerStream: () => Promise.resolve(),
    addCandidate: () => Promise.resolve(),
    takeCandidates: () => [],
    iceServers: () => [],
    grants: () => Promise.resolve({ items: [] }),
    revokeGrants: () => Promise.resolve(0),
  };
}

/** Drives that are well; "drv-b" sleeps, and has lost a sector. */
export const healthPort: Omit<DriveHealthPort, "findDrive"> = {
  healthOf: ({ id }) =>
    id === "drv-b"
      ? {
        verdict: "warning",
        reasons: [{ code: "reallocated", level: "warning", text: "1 sector was lost", value: 1 }],
        powerState: "asleep",
        asleepSince: "2026-01-05T01:00:00.000Z",
        askedAt: "2026-01-05T02:00:00.000Z",
        checkedAt: "2026-01-05T00:30:00.000Z",
        values: { temperatureC: 31, reallocated: 1 },
      }
      : { verdict: "unknown", reasons: [], powerState: "unknown", values: {} },
  healthHistory: (id) =>
    id === "drv-b"
      ? [{ checkedAt: "2026-01-05T00:30:00.000Z", verdict: "warning", values: { reallocated: 1 } }]
      : [],
  checkHealth: () =>
    Promise.resolve({
      verdict: "good",
      reasons: [],
      powerState: "active",
      values: { temperatureC: 30 },
    }),
  wakesOf: (id) => id === "drv-b" ? 3 : 0,
};
