/**
 * What an edge of ours, and a foreign one, get to hear of deletes, hashes, remaps and of what is not
 * understood.
 *
 * @module
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ConflictError, DeniedError, UnavailableError } from "../../../src/base/errors.ts";
import { migrations, openDatabase } from "../../../src/db/mod.ts";
import { EdgeLedger, type Request, ScriptedEdge } from "../cuts/scripted_edge.ts";
import { PublishedEdge } from "../published.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../rig.ts";

/** Files whose ids are their paths. */
function libraryOf(...ids: string[]): MapLibrary {
  const library = new MapLibrary();
  for (const id of ids) library.files.set(id, { sizeBytes: 77, catalogId: id });
  return library;
}

/** What our own edge hears of these commands. */
async function ask(
  library: MapLibrary,
  requests: Record<string, Request>,
  more: Parameters<typeof startLink>[2] = {},
) {
  const ledger = new EdgeLedger();
  const edge = await ScriptedEdge.open(ledger);
  await using _ = startLink(`127.0.0.1:${edge.port}`, library, more);
  await ledger.until(() => ledger.hellos > 0, 10_000);
  for (const [id, request] of Object.entries(requests)) edge.ask(id, request);
  ok(await ledger.until(() => ledger.isDone(), 10_000), JSON.stringify([...ledger.answers]));
  edge.kill();
  const answers = [...ledger.answers].map(([id, texts]) => [id, texts.map((it) => JSON.parse(it))]);
  return { ledger, answers: Object.fromEntries(answers) };
}

Deno.test("REMOTE_DELETE=trash answers each id, and says what is forbidden", grpcTest, async () => {
  const library = libraryOf("a", "b", "c", "d");
  const trashed: string[] = [];
  library.trash = (catalogId) => {
    if (catalogId === "b") return Promise.reject(new DeniedError("it leads out of the folders"));
    if (catalogId === "c") return Promise.reject(new UnavailableError("its drive is away"));
    if (catalogId === "d") return Promise.reject(new ConflictError("it has changed meanwhile"));
    library.forget(catalogId);
    trashed.push(catalogId);
    return Promise.resolve();
  };
  const catalogIds = ["a", "nope", "b", "c", "d", "a"];

  const { answers } = await ask(
    library,
    { r: { payload: { case: "fileDeleteRequest", value: { catalogIds } }, wants: 5 } },
    { settings: { remoteDelete: "trash" } },
  );

  deepStrictEqual(trashed, ["a"]);
  deepStrictEqual(answers.r.map(({ value }: { value: unknown }) => value), [
    { catalogId: "a", success: true },
    { catalogId: "nope", success: false, error: "BAD_CATALOG_ID" },
    { catalogId: "b", success: false, error: "PERMISSION_DENIED" },
    { catalogId: "c", success: false, error: "FILE_GONE" },
    { catalogId: "d", success: false, error: "PERMISSION_DENIED" },
  ]);
});

Deno.test("our edge hears how a remap and screenshots ended", grpcTest, async () => {
  const remap = (oldCatalogId: string, newCatalogId: string): Request => ({
    payload: { case: "fileRemapRequest", value: { oldCatalogId, newCatalogId } },
    wants: 1,
  });
  const shots = (quantity: number, uploadEndpoint: string): Request => ({
    payload: {
      case: "screenshotCaptureRequest",
      value: { catalogId: "a", quantity, uploadToken: "t", uploadEndpoint },
    },
    wants: 1,
  });
  const library = libraryOf("a", "b");

  const { answers } = await ask(library, {
    used: remap("a", "b"),
    gone: remap("nope", "x"),
    fine: remap("b", "z"),
    many: shots(2 ** 31 - 1, "http://127.0.0.1:1/"),
    nowhere: shots(1, "/api/screenshot/a"),
  });

  const errors = Object.entries(answers).map(([id, all]) =>
    [id, (all as { value: { error?: string } }[])[0]!.value.error] as const
  );
  deepStrictEqual(Object.fromEntries(errors), {
    used: "CONFLICT",
    gone: "NOT_FOUND",
    fine: undefined,
    many: "INVALID",
    nowhere: "INVALID",
  });
  deepStrictEqual(library.catalogIds(), ["a", "z"]);
});

Deno.test("hashing shows that it goes on, and ends with its stream", grpcTest, async () => {
  const library = libraryOf("a");
  const aborted: string[] = [];
  let release = () => {};
  library.hashing = (name, signal) =>
    new Promise((resolve, reject) => {
      release = () => resolve("digest");
      signal.addEventListener("abort", () => {
        aborted.push(name);
        reject(signal.reason);
      });
    });
  const ledger = new EdgeLedger();
  let edge = await ScriptedEdge.open(ledger);
  const { CuttingProxy } = await import("../cuts/proxy.ts");
  await using proxy = await CuttingProxy.open(edge.port);
  await using _ = startLink(proxy.address, library, {
    timing: { progressMs: 5 },
    settings: { reconnectIntervalSec: 0.02 },
  });
  await ledger.until(() => ledger.hellos > 0, 10_000);

  edge.ask("h", {
    payload: { case: "fileHashRequest", value: { catalogId: "a", hashTypes: ["md5"] } },
    wants: 1,
  });
  ok(await ledger.until(() => ledger.progress > 3, 10_000));
  edge.kill();
  edge = await ScriptedEdge.open(ledger);
  proxy.edgePort = edge.port;
  const before = ledger.progress;
  ok(await ledger.until(() => ledger.progress > before, 10_000)); // it was asked again
  release();

  ok(await ledger.until(() => ledger.isDone(), 10_000));
  deepStrictEqual(aborted, ["md5"]);
  edge.kill();
});

Deno.test("what is not understood is ignored and counted", grpcTest, async () => {
  await using edge = await PublishedEdge.open();
  await using peer = startLink(edge.address, libraryOf("a"), { timing: { helloMs: 1 } });
  await edge.receive("catalog_announcement");

  for (const id of ["x", "y", "z"]) edge.say({ request_id: id });
  edge.say({ request_id: "e", catalog_announcement_request: {} });
  await edge.receive("catalog_announcement");

  const ignored = peer.link.metrics().find(({ name }) => name.includes("messages_ignored"));
  strictEqual(ignored?.samples[0]?.value, 3);
});

Deno.test("a refused file does not keep others from being offered", grpcTest, async () => {
  const library = new MapLibrary(...Array.from({ length: 2500 }, (_, n) => `${n}.mp4`));
  // Our edge takes no file of a negative size.
  for (let n = 0; n < 1500; n++) library.files.get(`${n}.mp4`)!.sizeBytes = -1;
  await using rig = await startEdge();

  await using _ = startLink(rig.address, library);

  await until(() => library.catalogIds().length === 1000);
});

Deno.test(
  "after a restart nothing is announced or described that the edge has",
  grpcTest,
  async () => {
    using db = openDatabase(":memory:", migrations.library);
    const library = new MapLibrary("a.mp4", "b.mp4");
    let described = 0;
    const describe = library.describe.bind(library);
    library.describe = (ids) => {
      described += ids.length;
      return describe(ids);
    };
    await using rig = await startEdge();
    const first = startLink(rig.address, library, { db });
    await until(async () => (await titles(rig.edge)).filter(({ media }) => media).length === 2);
    await until(() =>
      described === 2 && db.get("SELECT 1 FROM link_facts WHERE name = 'described'")
    );
    await first.stop();
    await rig.event("peer.disconnected");

    await using second = startLink(rig.address, library, { db });
    const counts = () =>
      Object.fromEntries(
        second.link.metrics().map(({ name, samples }) => [name, samples[0]?.value]),
      );
    await until(() => counts().giggityflix_link_lists_spared_total === 1);
    await sleep(50);
    strictEqual(counts().giggityflix_link_ids_announced_total, 0);
    strictEqual(described, 2);

    library.files.get("a.mp4")!.sizeBytes = 99;
    second.link.offer();
    await until(() => described === 3);
  },
);
