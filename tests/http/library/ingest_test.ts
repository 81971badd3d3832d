/**
 * /api/ingest/plans over real files.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { silent } from "../../../src/base/log.ts";
import { type ApiPorts, createApi } from "../../../src/http/mod.ts";
import { within } from "../../helpers/wait.ts";
import { openIngestRig } from "../../items/ingest/rig.ts";
import { asking } from "./asking.ts";

async function openApi() {
  const rig = await openIngestRig();
  const none = {} as never;
  const ports = {
    ...{ health: none, configurations: none, events: none, edge: "none", metrics: () => [] },
    peer: { drives: none, media: none, jobs: none, library: { ingest: rig.ingest } as never },
  } as ApiPorts;
  const api = createApi(ports, { token: "t", log: silent });
  return {
    ...rig,
    ask: (
      method: string,
      path: string,
      body?: unknown,
      { headers = {}, from }: { headers?: Record<string, string>; from?: string } = {},
    ) => {
      const ask = asking((path, init) =>
        api.request(`http://localhost/api/ingest/plans/${path}`, init, { remoteAddress: from })
      );
      return ask(method, path, body, { authorization: "Bearer t", ...headers });
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

Deno.test("a plan is made, looked through, changed, executed and reported in REST", async () => {
  await using rig = await openApi();
  const { ask, source, put } = rig;
  for (const name of ["a", "b", "c"]) await put(`${name}.mkv`, `film ${name}`);
  const stop = new AbortController();
  const service = rig.ingest.service(stop.signal);

  const made = await ask("POST", "?user=mia", { sources: [source], policy: "flat" });
  const { id } = made.body;
  const first = await ask("GET", `${id}/steps/?limit=2&fields=seq,target`);
  const second = await ask("GET", `${id}/steps/?cursor=${first.body.next_cursor}`);
  const dropped = await ask("PATCH", `${id}/steps/0`, { action: "skip" }, {
    headers: { "if-match": made.etag! },
  });
  const stale = await ask("PATCH", `${id}/steps/1`, { target: "B/b.mkv" }, {
    headers: { "if-match": made.etag! },
  });
  const moved = await ask("PATCH", `${id}/steps/1`, { target: "B/b.mkv" }, {
    headers: { "if-match": dropped.etag! },
  });
  const late = await ask("POST", `${id}/execute`, {}, { headers: { "if-match": made.etag! } });
  const begun = await ask("POST", `${id}/execute`, undefined, {
    headers: { "if-match": moved.etag! },
  });
  while ((await ask("GET", id)).body.state === "running") await within("a turn", turn());
  const report = await ask("GET", `${id}/report`);
  const again = await ask("POST", `${id}/execute`, { force: true });
  const undo = await ask("POST", `${id}/undo`);
  const list = await ask("GET", "?limit=1&fields=id,undoes");
  const removed = await ask("DELETE", undo.body.id, undefined, {
    headers: { "if-match": undo.etag! },
  });
  const gone = await ask("GET", undo.body.id);
  stop.abort();
  await within("the service", service);

  deepStrictEqual([made.status, made.etag, made.body.created_by], [201, '"1"', "mia"]);
  deepStrictEqual([made.body.state, made.body.mode, made.body.on_clash], [
    "planned",
    "move",
    "skip",
  ]);
  deepStrictEqual(first.body.items, [
    { seq: 0, target: join(rig.root, "a.mkv") },
    { seq: 1, target: join(rig.root, "b.mkv") },
  ]);
  deepStrictEqual([second.body.items.length, second.body.next_cursor], [1, null]);
  deepStrictEqual([dropped.status, stale.status, moved.status, late.status], [200, 412, 200, 412]);
  deepStrictEqual([begun.status, begun.body.state], [202, "running"]);
  deepStrictEqual([report.body.files.moved, report.body.files.skipped], [2, 1]);
  deepStrictEqual([again.status, undo.status, undo.body.undoes], [409, 201, id]);
  deepStrictEqual(list.body.items, [{ id: undo.body.id, undoes: id }]);
  ok(list.body.next_cursor);
  deepStrictEqual([removed.status, gone.status], [204, 404]);
  strictEqual(await Deno.readTextFile(join(rig.root, "B/b.mkv")), "film b");
  strictEqual(await Deno.readTextFile(join(source, "a.mkv")), "film a");
});

Deno.test("another machine, or who comes through a proxy, may not name any file of this one", async () => {
  await using rig = await openApi();
  await rig.put("film.mkv", "film");
  const body = { sources: [rig.source], policy: "flat" };
  const plan = (from: string, headers = {}) => rig.ask("POST", "", body, { from, headers });

  const far = await plan("192.0.2.7");
  const proxied = await plan("127.0.0.1", { "x-forwarded-for": "192.0.2.7" });
  const near = await plan("127.0.0.1");
  rig.ingestDirs.push(rig.source);
  const allowed = await plan("192.0.2.7");

  deepStrictEqual([far.status, proxied.status], [403, 403]);
  match(far.body.detail, /neither in a media folder nor in INGEST_DIRS/);
  deepStrictEqual([near.status, allowed.status], [201, 201]);
});

Deno.test("a request that is wrong is refused with what is wrong in it", async () => {
  await using rig = await openApi();
  const cases: [string, string, unknown, number, RegExp][] = [
    ["POST", "", { sources: [] }, 400, /sources/],
    ["POST", "", { sources: ["relative"] }, 400, /absolute path/],
    ["POST", "", { sources: [rig.source], policy: "by-colour" }, 400, /policy/],
    ["POST", "", { sources: [rig.source], mode: "burn" }, 400, /mode/],
    ["POST", "", { sources: [join(rig.source, "nope")] }, 404, /is not there/],
    ["GET", "nope", undefined, 404, /Cannot find ingest plan "nope"/],
    ["GET", "nope/steps", undefined, 404, /Cannot find/],
    ["GET", "nope/report", undefined, 404, /Cannot find/],
    ["POST", "nope/execute", {}, 404, /Cannot find/],
    ["POST", "nope/cancel", undefined, 404, /Cannot find/],
    ["DELETE", "nope", undefined, 404, /Cannot find/],
  ];
  for (const [method, path, body, status, detail] of cases) {
    const answer = await rig.ask(method, path, body);
    deepStrictEqual([path, answer.status], [path, status]);
    match(answer.body.detail, detail);
  }
});

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 10));
