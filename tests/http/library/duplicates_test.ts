/**
 * /api/duplicates and /api/trash over real files.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { silent } from "../../../src/base/log.ts";
import { type ApiPorts, createApi } from "../../../src/http/mod.ts";
import { detailBody } from "../../../src/http/resources/library/duplicates/bodies.ts";
import type { GroupKind } from "../../../src/items/duplicates/mod.ts";
import { wav } from "../../helpers/clips.ts";
import { openDuplicatesRig } from "../../items/duplicates/rig.ts";
import { asking } from "./asking.ts";

async function openApi(files: Record<string, Uint8Array | string>) {
  const rig = await openDuplicatesRig(files);
  const none = {} as never;
  const library = { duplicates: rig.room, trash: rig.room.trash };
  const ports = {
    ...{ health: none, configurations: none, events: none, edge: "none", metrics: () => [] },
    peer: { drives: none, media: none, jobs: none, library: library as never },
  } as ApiPorts;
  const api = createApi(ports, { token: "t", log: silent });
  return {
    ...rig,
    ask: asking((path, { headers, ...init }) =>
      api.request(`http://localhost/api/${path}`, {
        ...init,
        headers: { authorization: "Bearer t", ...headers as Record<string, string> },
      })
    ),
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

const films = {
  "a.wav": wav(1),
  "a copy.wav": wav(1),
  "b.wav": wav(2, 2000),
  "b (1).wav": wav(2, 2000),
  "c.wav": wav(3, 3000),
  "sub/c.wav": wav(3, 3000),
};

Deno.test("duplicates are looked for, listed page by page, and only the fields that are asked for", async () => {
  await using rig = await openApi(films);

  const looked = await rig.ask("POST", "duplicates/scan", { wait: true });
  const first = await rig.ask("GET", "duplicates/?limit=2&kind=exact&state=open");
  const second = await rig.ask("GET", `duplicates/?limit=2&cursor=${first.body.next_cursor}`);
  const some = await rig.ask("GET", "duplicates/?fields=id,reclaimable_bytes&limit=1");

  strictEqual(looked.status, 200);
  deepStrictEqual(looked.body.kinds.exact, {
    groups: 3,
    reclaimable_bytes: wav(1).length + wav(2, 2000).length + wav(3, 3000).length,
  });
  const sizes = [...first.body.items, ...second.body.items].map((it) => it.reclaimable_bytes);
  deepStrictEqual(sizes, [3044, 2044, 844]);
  strictEqual(second.body.next_cursor, null);
  deepStrictEqual(Object.keys(some.body.items[0]), ["id", "reclaimable_bytes"]);
  strictEqual((await rig.ask("GET", "duplicates/?kind=title")).body.items.length, 0);
  strictEqual((await rig.ask("GET", "duplicates/?cursor=nonsense")).status, 400);
  strictEqual((await rig.ask("GET", "duplicates/?fields=nope")).status, 400);
});

Deno.test("a look that nobody waits for is a job", async () => {
  await using rig = await openApi(films);

  const begun = await rig.ask("POST", "duplicates/scan", {});

  deepStrictEqual([begun.status, begun.body], [202, { job_id: "duplicates" }]);
  const again = await rig.ask("POST", "duplicates/scan", {});
  ok([202, 409].includes(again.status), `${again.status}`);
});

Deno.test("a group is dismissed by the version that was read, and no other", async () => {
  await using rig = await openApi(films);
  const [group] = await rig.look();
  const path = `duplicates/${group!.id}`;
  const read = await rig.ask("GET", path);

  const done = await rig.ask("PATCH", path, { state: "dismissed" }, { "if-match": read.etag! });
  const late = await rig.ask("PATCH", path, { state: "open" }, { "if-match": read.etag! });

  deepStrictEqual([done.status, done.body.state, late.status], [200, "dismissed", 412]);
  ok(done.etag !== read.etag);
  const wrong = await rig.ask("PATCH", path, { state: "resolved" });
  const none = await rig.ask("GET", "duplicates/dup-nope");
  deepStrictEqual([wrong.status, none.status], [400, 404]);
});

Deno.test("one is kept, the other is thrown away and had back", async () => {
  await using rig = await openApi(films);
  const groups = await rig.look();
  const group = groups.find(({ members }) => members.some((it) => it.relativePath === "a.wav"))!;
  const { body: detail } = await rig.ask("GET", `duplicates/${group.id}`);
  const keep = detail.suggestion.keep;
  const [other] = detail.members.filter((it: { media_id: string }) => it.media_id !== keep);
  deepStrictEqual([other.relative_path, detail.suggestion.reasons.length > 0], [
    "a copy.wav",
    true,
  ]);
  const resolve = (body: unknown) => rig.ask("POST", `duplicates/${group.id}/resolve`, body);

  const wrong = { "if-match": '"9999"' };
  const request = { keep, remove: [other.media_id] };
  const stale = await rig.ask("POST", `duplicates/${group.id}/resolve`, request, wrong);
  strictEqual(stale.status, 412);
  strictEqual(await rig.exists("a copy.wav"), true);
  const refused = await resolve({ keep, remove: [keep] });
  const done = await resolve({ keep, remove: [other.media_id] });
  const again = await resolve({ keep, remove: [other.media_id] });

  deepStrictEqual([refused.status, done.status, again.status], [400, 200, 409]);
  deepStrictEqual([done.body.group.state, done.body.outcomes[0].done], ["resolved", "trashed"]);
  strictEqual(await rig.exists("a copy.wav"), false);
  const { body: { items: [entry] } } = await rig.ask("GET", "trash/");
  deepStrictEqual([entry.id, entry.relative_path], [
    done.body.outcomes[0].trash_id,
    "a copy.wav",
  ]);

  await rig.file("a copy.wav", "in its place");
  const taken = await rig.ask("POST", `trash/${entry.id}/restore`, {});
  const restored = await rig.ask("POST", `trash/${entry.id}/restore`, { rename: true });

  deepStrictEqual([taken.status, restored.status], [409, 200]);
  match(restored.body.path, /a copy \(2\)\.wav$/);
  strictEqual((await rig.ask("POST", "trash/nope/restore", {})).status, 404);
});

Deno.test("a file that is not what its group says is 409, with the reason", async () => {
  await using rig = await openApi({ "a.wav": wav(1), "b.wav": wav(1) });
  const [group] = await rig.look();
  await Deno.writeFile(rig.path("b.wav"), wav(8));

  const { status, body } = await rig.ask("POST", `duplicates/${group!.id}/resolve`, {
    keep: rig.find("a.wav").id,
    remove: [rig.find("b.wav").id],
    how: "delete",
  });

  strictEqual(status, 409);
  match(body.detail, /it has changed since it was scanned/);
});

Deno.test("all are dealt with by a plan, and only when asked, and the trash is emptied", async () => {
  await using rig = await openApi(films);
  await rig.look();

  const plan = await rig.ask("POST", "duplicates/resolve", {});
  ok(await rig.exists("b (1).wav"));
  const done = await rig.ask("POST", "duplicates/resolve?user=mia", { dry_run: false });
  const emptied = await rig.ask("POST", "trash/empty", {});

  deepStrictEqual([plan.body.dry_run, plan.body.groups, plan.body.files], [true, 3, 3]);
  deepStrictEqual([done.body.files, done.body.failed], [3, 0]);
  strictEqual(await rig.exists("b (1).wav"), false);
  deepStrictEqual([emptied.body.files, emptied.body.failed], [3, []]);
  deepStrictEqual((await rig.ask("GET", "trash/")).body.items, []);
  strictEqual(rig.changes.list({ user: "mia", entity: "duplicate", limit: 10 }).length, 3);
});

Deno.test("how far files are apart is told where they were compared, and not by their names", () => {
  const distanceOf = (kind: GroupKind) =>
    detailBody({
      ...{ id: "g", kind, key: "k", title: "t", files: 2, reclaimableBytes: 1, state: "open" },
      ...{ version: 1, foundAt: "", suggestion: { keep: undefined, reasons: [] } },
      members: [{
        ...{ id: "m", root: "/", relativePath: "a", driveIds: [], status: "ready", sizeBytes: 1 },
        ...{ modifiedMs: 1, addedAt: "", distance: 0, saidOfIt: 0 },
      }],
    }).members.map(({ distance }) => distance);

  deepStrictEqual(distanceOf("exact"), [0]);
  deepStrictEqual(distanceOf("similar"), [0]);
  deepStrictEqual(distanceOf("title"), [null]);
});
