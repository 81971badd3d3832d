/**
 * `deno run -A bench/search/mod.ts`: a library of a million items, searched and turned page by page.
 * Every time is of a whole call of REST in this process: query, index, rows, JSON. `--rows=N` for
 * another size; `--library=FILE` keeps the library there, and takes it from there the next time: to
 * make a million takes a while.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { existsSync } from "node:fs";
import { say } from "../../scripts/run.ts";
import { silent } from "../../src/base/log.ts";
import { type Database, migrations, openDatabase } from "../../src/db/mod.ts";
import { createApi } from "../../src/http/mod.ts";
import { sealOf, toCursor } from "../../src/http/lists/cursors.ts";
import { openChanges } from "../../src/items/changes/changes.ts";
import { createCustomFields } from "../../src/items/custom/custom.ts";
import { createItems } from "../../src/items/items/items.ts";
import { openSearch } from "../../src/items/search/mod.ts";
import { createMediaStore } from "../../src/media/store.ts";
import { measureLike, tellPlans } from "./beside.ts";
import { makeLibrary } from "./make_library.ts";
import { mixedQueries } from "./queries.ts";

export type Api = ReturnType<typeof openApi>;

/** Runs it in `folder`, or with the library that is kept in a file. */
export async function benchSearch(
  { folder, rows, library }: { folder: string; rows: number; library?: string | undefined },
): Promise<void> {
  const path = library ?? `${folder}/library.db`;
  const isMade = existsSync(path);
  let began = performance.now();
  if (!isMade) makeLibrary(path, rows);
  using db = openDatabase(path, migrations.library);
  const items = db.get<{ n: number }>("SELECT count(*) n FROM items")!.n;
  say(`\n${items} items${isMade ? "" : `, made in ${seconds(began)} s`}`);

  using api = openApi(db);
  began = performance.now();
  const steps: number[] = [];
  const waiting = api.search.waiting();
  for (let done = 1; done > 0;) {
    const at = performance.now();
    done = api.search.indexSome(); // as it does in the background
    if (done > 0) steps.push(performance.now() - at);
  }
  if (waiting > 0) {
    say(
      `  indexed ${waiting} in ${seconds(began)} s: ${
        Math.round(waiting / Number(seconds(began)))
      } items/s`,
    );
    tell("one step of the index holds the main thread", steps, { atMost: 50 });
  }
  began = performance.now();
  const merges: number[] = [];
  for (let isMore = true; isMore;) {
    const at = performance.now();
    isMore = await api.search.mergeSome(); // as it does when nothing else is to be done
    if (isMore) merges.push(performance.now() - at);
  }
  if (merges.length > 0) {
    say(`  made one piece in ${seconds(began)} s`);
    tell("one step of that, in another thread", merges);
  }
  const [size] = db.all<{ mb: number }>(
    "SELECT sum(pgsize) / 1e6 mb FROM dbstat WHERE name LIKE 'item_search%' OR name LIKE 'item_facts%'",
  );
  const [all] = db.all<{ mb: number }>("SELECT sum(pgsize) / 1e6 mb FROM dbstat");
  say(`  the index takes ${Math.round(size!.mb)} MB of ${Math.round(all!.mb)} MB`);

  await benchQueries(api);
  await benchPages(api, db);
  await measureLike(api, db);
  tellPlans(db);
}

/** The parts of the program that lists and searches need, behind its REST. */
export function openApi(db: Database) {
  const deps = { db, publish: () => {} };
  const changes = openChanges(deps);
  const custom = createCustomFields({ ...deps, changes });
  const items = createItems({ ...deps, changes, custom });
  const search = openSearch({ ...deps, changes, isBusy: () => false });
  const none = {} as never;
  const rooms = { items: { ...items, bulk: none }, search, tags: { branch: () => [] } };
  // Nobody asks the others.
  const library = new Proxy(rooms, { get: (all, name) => all[name as "items"] ?? {} }) as never;
  const media = { ...createMediaStore(db) } as never;
  const api = createApi({
    health: none,
    configurations: none,
    events: none,
    peer: { drives: none, jobs: none, media, library },
    edge: none,
    metrics: () => [],
  }, { token: "", log: silent });
  return {
    search,
    /** The answer, and the milliseconds until it was there as text. */
    async get<Body>(path: string): Promise<{ body: Body; ms: number }> {
      const began = performance.now();
      const response = await api.request(`http://localhost${path}`);
      const text = await response.text();
      const ms = performance.now() - began;
      if (response.status !== 200) throw new Error(`${path}: ${text}`);
      return { body: JSON.parse(text) as Body, ms };
    },
    [Symbol.dispose]: () => search[Symbol.dispose](),
  };
}

async function benchQueries(api: Api): Promise<void> {
  const queries = mixedQueries();
  await api.get("/api/search?q=the"); // the worker begins
  const [times, faceted, byKind] = [[] as number[], [] as number[], new Map<string, number[]>()];
  const beside: number[] = [];
  for (const { kind, query, sort, isTyping } of queries) {
    beside.push(fixedWork());
    const { ms } = await api.get(`/api/search?${parameters({ q: query, sort, typing: isTyping })}`);
    times.push(ms);
    byKind.set(kind, [...byKind.get(kind) ?? [], ms]);
  }
  tell(`search: ${queries.length} mixed queries, the first page`, times, { atMost: 50 });
  tell("    beside it, the same sum each time: what the machine does too", beside);
  for (const [kind, its] of byKind) tell(`    ${kind}`, its);
  for (const { query, sort } of queries.filter((_, at) => at % 4 === 0)) {
    const { ms } = await api.get(`/api/search?${parameters({ q: query, sort, facets: "all" })}`);
    faceted.push(ms);
  }
  tell("search with all 12 facets, 50 of them", faceted);
}

/** Milliseconds for the same little sum: they differ where others have the processor. */
function fixedWork(): number {
  const began = performance.now();
  let sum = 0;
  for (let n = 0; n < 20_000_000; n++) sum = (sum + n) | 0;
  return performance.now() - began + Math.min(0, sum & 1);
}

interface Page {
  items: { id: string }[];
  // deno-lint-ignore camelcase
  next_cursor: string | null;
}

async function benchPages(api: Api, db: Database): Promise<void> {
  for (const status of [undefined, "ready", "missing", "unreadable", "offline"]) {
    const times: number[] = [];
    for (let turn = 0; turn < 60; turn++) {
      const from = (turn / 60 * 65536 | 0).toString(16).padStart(4, "0");
      const cursor = toCursor(from) + sealOf("/api/media");
      const { ms } = await api.get<Page>(`/api/media?${parameters({ cursor, status })}`);
      times.push(ms);
    }
    tell(`page of /api/media${status ? `?status=${status}` : ""}, anywhere`, times, { atMost: 10 });
  }
  for (
    const path of [
      "/api/items?sort=title",
      "/api/items?sort=-added",
      "/api/items?sort=-year",
      "/api/items?sort=-rating",
      "/api/search?sort=title",
      "/api/search?sort=-added",
      "/api/search?sort=-year&q=codec:hevc",
      "/api/search?sort=title&q=codec:hevc+year:1990..1999",
      "/api/search?sort=-size&q=the",
      "/api/search?q=the+man",
      "/api/search?sort=random:3&q=resolution:4k",
    ]
  ) {
    tell(`pages 21 to 120 of ${path}`, await turnPages(api, path), { atMost: 10 });
  }
  const began = performance.now();
  const { files } = createMediaStore(db).counts();
  say(
    `  counts() of ${files} files, for /api/health: ${(performance.now() - began).toFixed(2)} ms`,
  );
}

/** As somebody turns them: 25 ms to look at each. */
async function turnPages(api: Api, path: string): Promise<number[]> {
  const times: number[] = [];
  let cursor: string | null = null;
  for (let turn = 0; turn < 120; turn++) {
    const next: string = cursor ? `&cursor=${cursor}` : "";
    const { body, ms }: { body: Page; ms: number } = await api.get<Page>(path + next);
    if (turn >= 20) times.push(ms);
    cursor = body.next_cursor;
    if (!cursor) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return times;
}

function parameters(values: Record<string, string | boolean | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** Half of them, nineteen of twenty, and the slowest. */
export function tell(name: string, times: number[], { atMost }: { atMost?: number } = {}): void {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const figures = [at(0.5), at(0.95), sorted.at(-1) ?? 0].map((ms) => ms.toFixed(1));
  const verdict = atMost === undefined
    ? ""
    : `, goal p95 at most ${atMost}: ${at(0.95) <= atMost ? "reached" : "MISSED"}`;
  say(`  ${name.padEnd(58)} p50 ${figures[0]}, p95 ${figures[1]}, most ${figures[2]} ms${verdict}`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { rows: { type: "string", default: "1000000" }, library: { type: "string" } },
  });
  const folder = await Deno.makeTempDir({ prefix: "giggityflix-bench-" });
  try {
    await benchSearch({ folder, rows: Number(values.rows), library: values.library });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
