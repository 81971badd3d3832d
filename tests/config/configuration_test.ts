import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { type ConfigTexts, Configuration } from "../../src/config/mod.ts";
import { type Database, migrations, openDatabase } from "../../src/db/mod.ts";

const open = (db: Database, texts: Partial<ConfigTexts> = {}) =>
  new Configuration(db, { environment: {}, flag: {}, ...texts });

Deno.test("set() keeps a value over a restart, and null returns to the default", () => {
  using db = openDatabase(":memory:", migrations.library);
  const config = open(db);

  const set = config.set("HTTP_PORT", "9001");
  const kept = open(db).find("http_port");
  const reset = config.set("http_port", null);

  deepStrictEqual([set.value, set.source], [9001, "stored"]);
  deepStrictEqual([kept.value, kept.source, kept.default], [9001, "stored", 8080]);
  deepStrictEqual([reset.value, reset.source], [8080, "default"]);
  strictEqual(open(db).value.httpPort, 8080);
});

Deno.test("set() takes text as in the environment, and the value itself", () => {
  using db = openDatabase(":memory:", migrations.library);
  const config = open(db);

  deepStrictEqual(config.set("media_dirs", "/a,/b").value, ["/a", "/b"]);
  deepStrictEqual(config.set("media_dirs", ["/a, b", "/c "]).value, ["/a, b", "/c "]);
  deepStrictEqual(config.set("hash_algorithms", []).value, []);
  strictEqual(config.set("grpc_use_tls", true).value, true);
  strictEqual(config.set("workers", 3).value, 3);
  deepStrictEqual(open(db).value.mediaDirs, ["/a, b", "/c "]);
});

Deno.test("set() refuses what the setting does not take, and keeps what was", () => {
  using db = openDatabase(":memory:", migrations.library);
  const config = open(db);
  config.set("http_port", 9001);

  for (const wrong of ["http", 70_000, 80.5, true, {}, [], ["9002"]]) {
    throws(() => config.set("http_port", wrong), { name: "InvalidError", message: /HTTP_PORT/ });
  }

  strictEqual(config.value.httpPort, 9001);
  strictEqual(open(db).value.httpPort, 9001);
});

Deno.test("a setting that the environment sets is not editable here, and says so", () => {
  using db = openDatabase(":memory:", migrations.library);
  const config = open(db, { environment: { HTTP_PORT: "9001" } });

  deepStrictEqual([config.find("http_port").editable, config.find("workers").editable], [
    false,
    true,
  ]);
  throws(() => config.set("http_port", 9002), { name: "ConflictError", message: /environment/ });
});

Deno.test("set() is denied for what is fixed at start", () => {
  using db = openDatabase(":memory:", migrations.library);
  const config = open(db);

  for (const key of ["data_dir", "PEER_ID"]) {
    strictEqual(config.find(key).editable, false);
    throws(() => config.set(key, "x"), { name: "DeniedError", message: /in the environment/ });
  }
});

Deno.test("a password in a URL is shown to nobody", () => {
  using db = openDatabase(":memory:", migrations.library);
  const cases = {
    "postgres://me:secret@host:5432/edge": "postgres://me:***@host:5432/edge",
    "postgres://me:sec@ret@host/edge?sslmode=require": "postgres://me:***@host/edge",
    "postgres://host/edge?user=me&password=secret": "***",
    "postgres://me@host/edge": "postgres://me@host/edge",
    "me:secret": "***",
  };
  for (const [url, shown] of Object.entries(cases)) {
    const config = open(db, { environment: { EDGE_DATABASE_URL: url } });
    strictEqual(config.value.edgeDatabaseUrl, url);
    strictEqual(config.find("edge_database_url").value, shown);
  }
  strictEqual(open(db).find("edge_database_url").value, "");
  const buses = {
    "nats://t0ken@host:4222": "nats://***@host:4222",
    "tls://me:secret@one,tls://me:secret@other:4222": "tls://me:***@other:4222",
  };
  for (const [url, shown] of Object.entries(buses)) {
    strictEqual(open(db, { environment: { EDGE_BUS_URL: url } }).find("edge_bus_url").value, shown);
  }
});

Deno.test("set() conflicts with an environment or a flag that goes first", () => {
  using db = openDatabase(":memory:", migrations.library);
  const config = open(db, { environment: { HTTP_PORT: "9002" }, flag: { workers: "2" } });

  throws(() => config.set("http_port", 9001), {
    name: "ConflictError",
    message: /HTTP_PORT: the environment sets it/,
  });
  throws(() => config.set("workers", null), { name: "ConflictError", message: /a flag sets it/ });
});

Deno.test("find() and set() know no other names", () => {
  using db = openDatabase(":memory:", migrations.library);
  const config = open(db);

  for (const key of ["no_such", "constructor", ""]) {
    throws(() => config.find(key), { name: "NotFoundError" });
    throws(() => config.set(key, 1), { name: "NotFoundError" });
  }
});

Deno.test("list() shows every setting with its value and source", () => {
  using db = openDatabase(":memory:", migrations.library);

  const all = open(db, { flag: { mediaDirs: "/films" } }).list();

  const dirs = all.find(({ key }) => key === "media_dirs");
  ok(all.length > 20);
  deepStrictEqual([dirs?.value, dirs?.source, dirs?.type], [["/films"], "flag", "list"]);
});
