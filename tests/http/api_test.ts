import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { VERSION } from "../../src/base/version.ts";
import { openRig, readPages } from "./rig.ts";

Deno.test("every resource answers with and without the slash at its end", async () => {
  using rig = openRig();
  const paths = [
    "/api/health",
    "/api/drives",
    "/api/drives/drv-a",
    "/api/partitions",
    "/api/drives/graph",
    "/api/drives/stats",
    "/api/partitions/prt-a",
    "/api/volumes",
    "/api/volumes/vol-a",
    "/api/configurations",
    "/api/configurations/http_port",
    "/api/media",
    "/api/media/m-1",
    "/api/media/scan",
    "/api/peers",
    "/api/peers/p-1",
    "/api/catalog",
    "/api/catalog/c-1",
    "/api/streams",
    "/api/schema",
    "/api/schema/swagger-ui",
  ];

  for (const path of paths) {
    const [one, other] = [await rig.get(path), await rig.get(`${path}/`)];
    deepStrictEqual([one.status, other.status], [200, 200], path);
    if (path === "/api/health") continue; // it tells the time
    strictEqual(await one.text(), await other.text(), path);
  }
});

Deno.test("health says what the program is, and how its parts are", async () => {
  using rig = openRig();
  const parts = { link: { status: "degraded" as const, reason: "no edge" } };
  using ill = openRig({ ports: { health: { parts: () => parts } } });

  const body = await (await rig.get("/api/health/")).json();
  const other = await (await ill.get("/api/health/")).json();

  deepStrictEqual([body.status, body.service, body.version], ["healthy", "giggityflix", VERSION]);
  ok(Math.abs(Date.parse(body.timestamp) - Date.now()) < 10_000);
  deepStrictEqual(body.parts.media, { status: "healthy", files: 7 });
  deepStrictEqual([other.status, other.parts.link.reason], ["degraded", "no edge"]);
});

Deno.test("every list comes in pages that meet without gap or overlap", async () => {
  using rig = openRig();
  const lists = [
    ["/api/media/", "id", 7],
    ["/api/drives/", "id", 3],
    ["/api/partitions/", "id", 1],
    ["/api/volumes/", "id", 1],
    ["/api/configurations/", "key", undefined],
    ["/api/catalog/", "catalog_id", 5],
    ["/api/peers/", "peer_id", 2],
    ["/api/streams/", "id", 5],
  ] as const;

  for (const [path, key, count] of lists) {
    for (const limit of [1, 2, 500]) {
      const { items, pages } = await readPages(rig.get, path, limit);
      const keys = items.map((item) => item[key]);

      if (count !== undefined) strictEqual(keys.length, count, path);
      strictEqual(new Set(keys).size, keys.length, path);
      ok(pages.every((size) => size > 0 && size <= limit), `${path}: ${pages}`);
    }
  }
});

Deno.test("limit and cursor are checked", async () => {
  using rig = openRig();
  const paths = ["/api/media", "/api/drives", "/api/configurations", "/api/streams"];

  for (const path of paths) {
    for (const query of ["limit=0", "limit=501", "limit=ten", "limit=1.5", "cursor=%25%25"]) {
      const response = await rig.get(`${path}/?${query}`);
      const problem = await response.json();

      strictEqual(response.status, 400, `${path}?${query}`);
      match(problem.detail, /^Cannot read "?(limit|cursor)"?.*: ./);
    }
  }
});

Deno.test("a problem says what is wrong in the shape of RFC 9457", async () => {
  using rig = openRig();
  const cases = [
    ["GET", "/api/nothing/here", undefined, 404, /Cannot find "\/api\/nothing\/here"/],
    ["GET", "/nothing", undefined, 404, /swagger-ui/],
    ["GET", "/api/media/none", undefined, 404, /Cannot find media "none"/],
    ["GET", "/api/drives/none/", undefined, 404, /Cannot find drive "none"/],
    ["GET", "/api/partitions/none", undefined, 404, /Cannot find partition "none"/],
    ["GET", "/api/volumes/none", undefined, 404, /Cannot find volume "none"/],
    ["GET", "/api/drives/why", undefined, 400, /Cannot read "path"/],
    ["GET", "/api/configurations/none", undefined, 404, /Cannot find a setting "none"/],
    ["GET", "/api/catalog/none", undefined, 404, /Cannot find/],
    ["DELETE", "/api/streams/none", undefined, 404, /Cannot find/],
    ["POST", "/api/media/scan", "{broken", 400, /./],
    ["POST", "/api/media/scan", { folders: "x" }, 400, /folders/],
    ["POST", "/api/media/scan", { folders: ["/busy"] }, 409, /under way/],
    ["POST", "/api/streams", {}, 400, /catalog_id/],
    ["PATCH", "/api/configurations/http_port/value", { value: "x" }, 400, /HTTP_PORT to "x"/],
    ["PATCH", "/api/configurations/data_dir/value", { value: "/x" }, 403, /DATA_DIR/],
    ["PATCH", "/api/configurations/max_peers/value", { value: 7 }, 409, /the environment/],
  ] as const;

  for (const [method, path, body, status, detail] of cases) {
    const response = await rig.send(method, path, body);
    const problem = await response.json();

    strictEqual(response.headers.get("content-type"), "application/problem+json", path);
    deepStrictEqual([response.status, problem.status], [status, status], `${method} ${path}`);
    match(problem.detail, detail);
    strictEqual(problem.instance, path.replace(/\/$/, "") === path ? path : problem.instance);
    ok(problem.type && problem.title);
  }
  deepStrictEqual(rig.entries, [], "none of these is a fault of the program");
});

Deno.test("another method than there is: 405 with those that are, OPTIONS tells them, too", async () => {
  using rig = openRig();
  const cases = [
    ["PUT", "/api/health", "OPTIONS, GET, HEAD"],
    ["POST", "/api/drives/drv-a/", "OPTIONS, GET, HEAD"],
    ["DELETE", "/api/ingest/plans", "OPTIONS, GET, HEAD, POST"],
    ["GET", "/api/configurations/http_port/value", "OPTIONS, PATCH"],
    ["PUT", "/api/streams/any", "OPTIONS, PATCH, DELETE"],
    ["POST", "/app.js", "OPTIONS, GET, HEAD"],
    ["TRASH", "/metrics", "OPTIONS, GET, HEAD"],
  ] as const;

  for (const [method, path, allow] of cases) {
    const refused = await rig.send(method, path);
    const problem = await refused.json();
    const told = await rig.send("OPTIONS", path);

    deepStrictEqual([refused.status, problem.status], [405, 405], `${method} ${path}`);
    strictEqual(refused.headers.get("content-type"), "application/problem+json");
    match(problem.detail, new RegExp(`^Cannot ${method} here: there are ${allow}$`));
    deepStrictEqual([refused, told].map((it) => it.headers.get("allow")), [allow, allow], path);
    deepStrictEqual([told.status, await told.text()], [204, ""]);
  }
  const head = await rig.send("HEAD", "/api/configurations/http_port/value");
  deepStrictEqual([head.status, await head.text()], [405, ""]);
  strictEqual((await rig.send("HEAD", "/api/health")).status, 200);
  for (const method of ["OPTIONS", "PUT"]) {
    strictEqual((await rig.send(method, "/api/nothing/here")).status, 404);
  }
  deepStrictEqual(rig.entries, []);
});

Deno.test("a resource of another role is 503 by every method", async () => {
  using rig = openRig({ ports: { peer: "Cannot answer: this is an edge only" } });

  for (const method of ["GET", "PUT", "DELETE"]) {
    strictEqual((await rig.send(method, "/api/drives")).status, 503);
  }
});

Deno.test("a bug is 500 without its insides, and logged with them", async () => {
  const health = {
    parts: () => {
      throw new TypeError("secret of the inside");
    },
  };
  using rig = openRig({ ports: { health } });

  const response = await rig.get("/api/health/");
  const text = await response.text();

  strictEqual(response.status, 500);
  ok(!text.includes("secret") && !text.includes(".ts"), text);
  strictEqual(rig.entries[0]?.level, "error");
  strictEqual((rig.entries[0]?.fields.error as Error).message, "secret of the inside");
});

Deno.test("a resource that this program does not have says why", async () => {
  using rig = openRig({ ports: { edge: "This is no edge", peer: "This has no files" } });
  const cases = [["catalog/c-1", /no edge/], ["peers", /no edge/], ["media", /files/]] as const;

  for (const [name, detail] of cases) {
    const response = await rig.get(`/api/${name}/`);
    strictEqual(response.status, 503);
    match((await response.json()).detail, detail);
  }
});

Deno.test("a setting is changed by its value, and reset only when null is said", async () => {
  using rig = openRig();
  const path = "/api/configurations/HTTP_PORT/value/";
  const value = async () =>
    (await (await rig.get("/api/configurations/http_port/")).json()).typed_value;

  const set = await rig.send("PATCH", path, { value: 9001 });
  deepStrictEqual([set.status, (await set.json()).source, await value()], [200, "stored", 9001]);

  for (const wrong of [{}, { valeu: 1 }, "{", "", "null", "[]"]) {
    const response = await rig.send("PATCH", path, wrong);
    deepStrictEqual([response.status, await value()], [400, 9001], JSON.stringify(wrong));
  }
  for (const type of ["application/x-www-form-urlencoded", "text/plain"]) {
    const response = await rig.send("PATCH", path, { value: null }, type);
    deepStrictEqual([response.status, await value()], [415, 9001], type);
    const { detail } = await response.json();
    strictEqual(
      detail,
      `Cannot read a body of "${type}": send one of application/json, and say so in "content-type"`,
    );
  }
  const plain = { method: "POST", body: new TextEncoder().encode("{}") };
  for (const path of ["/api/subscriptions", "/api/media/scan", "/api/peers/enrolments"]) {
    const untold = await rig.get(path, plain);
    const { status, detail } = await untold.json();
    deepStrictEqual([status, detail], [
      415,
      'Cannot read the body: send one, with "content-type: application/json"',
    ]);
  }

  strictEqual((await rig.send("PATCH", path, { value: null })).status, 200);
  strictEqual(await value(), 8080);
});

Deno.test("a scan is begun, or waited for", async () => {
  using rig = openRig();

  const begun = await rig.send("POST", "/api/media/scan/");
  const empty = await rig.send("POST", "/api/media/scan", {});
  const waited = await rig.send("POST", "/api/media/scan", { folders: ["/films"], wait: true });

  deepStrictEqual([begun.status, empty.status, waited.status], [202, 202, 200]);
  strictEqual((await waited.json()).bytes_read, 5);
  deepStrictEqual(rig.scans, [undefined, undefined, ["/films"]]);
});

Deno.test("what a scan has not found waits for a person's word", async () => {
  const rig = openRig();
  const path = "/api/media/scan/confirmations";

  const waiting = await (await rig.get(path)).json();
  const [{ id, root, files }] = waiting.items;
  const confirmed = await rig.send("POST", `${path}/${id}/confirm`);
  const dismissed = await rig.send("POST", `${path}/${id}/dismiss`);
  const unknown = await rig.send("POST", `${path}/no-such/confirm`);

  deepStrictEqual([root, files], ["/films", 412]);
  deepStrictEqual([confirmed.status, dismissed.status, unknown.status], [200, 200, 404]);
  deepStrictEqual(rig.words, ["confirm", "dismiss"]);
});

Deno.test("drives are detected anew, and a stream is opened and closed", async () => {
  using rig = openRig();

  const refreshed = await rig.send("POST", "/api/drives/refresh/");
  const stream = await rig.send("POST", "/api/streams/", { catalog_id: "c-1" });
  const closed = await rig.send("DELETE", "/api/streams/s-1/");

  deepStrictEqual(await refreshed.json(), { drives_added: 1, partitions_added: 2 });
  deepStrictEqual([stream.status, stream.headers.get("location")], [201, "/api/streams/s-9"]);
  strictEqual(closed.status, 204);
});

Deno.test("drives tell what stands on them, and why a path is theirs", async () => {
  using rig = openRig();
  const json = async (path: string) => await (await rig.get(path)).json();

  const partition = await json("/api/partitions/prt-a/");
  deepStrictEqual([partition.mount_point, partition.volume_id], ["/films", "vol-a"]);
  deepStrictEqual(
    [partition.physical_drive, partition.physical_drive_detail.name],
    ["drv-a", "a"],
  );
  const [volume] = (await json("/api/volumes/")).items;
  deepStrictEqual(volume.drive_ids, ["drv-a"]);
  deepStrictEqual(
    [volume.answering, volume.not_answering_since, volume.total_bytes, volume.free_bytes],
    [false, "2026-01-05T00:30:00.000Z", 900, 400],
  );
  deepStrictEqual(await json("/api/drives/stats/"), {
    total_drives: 3,
    total_partitions: 1,
    total_volumes: 1,
    total_storage_bytes: 3000,
  });
  deepStrictEqual(await json("/api/drives/graph/"), {
    nodes: [{ id: "drv-a", type: "drive", name: "a", size_bytes: 1000 }],
    edges: [{ from: "prt-a", to: "drv-a" }],
  });
  const why = await json("/api/drives/why/?path=%2Ffilms%2Fa%20b.mkv");
  deepStrictEqual([why.drive_ids, why.chain], [["drv-a"], ["mount of /films/a b.mkv"]]);
  strictEqual(why.path_in_volume, "/a b.mkv");
  deepStrictEqual(why.steps[0].name, "/films");
});
