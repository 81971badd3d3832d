/**
 * What health says of the edge and of the link while something that they stand on is away.
 *
 * @module
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { Log, silent } from "../../../src/base/log.ts";
import { edgePart, linkPart } from "../../../src/app/parts/edge/health.ts";
import { patiently, watchEngines } from "../../../src/app/parts/edge/engines.ts";
import {
  migrations,
  openDatabase,
  openPostgresState,
  openSqliteState,
} from "../../../src/db/mod.ts";
import { openNatsBus } from "../../../src/edge/mod.ts";
import { grpcTest, MapLibrary, startLink, until } from "../../edge/rig.ts";
import { hasNats, startNats } from "../../helpers/nats.ts";
import { hasPostgres, startPostgres } from "../../helpers/postgres.ts";

const edgeOf = (problems: ReturnType<typeof watchEngines>) => ({
  address: () => "127.0.0.1:1",
  peersOnline: () => 0,
  problems,
});

Deno.test("an edge is degraded while PostgreSQL is away, and says what helps", {
  ignore: !hasPostgres,
}, async () => {
  await using server = await startPostgres();
  await using state = await openPostgresState(server.url, migrations.edge);
  const edge = edgeOf(watchEngines(state, undefined));
  strictEqual((await edgePart(edge)).status, "healthy");

  await server.stop("QUIT");
  const { status, problems } = await edgePart(edge);
  strictEqual(status, "degraded");
  match(problems![0]!.text, /PostgreSQL.*check EDGE_DATABASE_URL/);

  await server.start();
  await until(async () => (await edgePart(edge)).status === "healthy", "the end of it", 20_000);
});

Deno.test("an edge is degraded while NATS is away, and says what helps", {
  ignore: !hasNats,
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  await using server = await startNats();
  await using bus = await openNatsBus({ url: server.url, name: "one", log: silent });
  const state = openSqliteState(openDatabase(":memory:", migrations.edge));
  const edge = edgeOf(watchEngines(state, bus));
  strictEqual((await edgePart(edge)).status, "healthy");

  await server.stop();
  const away = await until(async () => {
    const part = await edgePart(edge);
    return part.status === "degraded" && part;
  });
  match(away.problems![0]!.text, /^NATS at 127\.0\.0\.1:\d+ is away.*check EDGE_BUS_URL$/);

  await server.start();
  await until(async () => (await edgePart(edge)).status === "healthy", "the end of it", 20_000);
});

Deno.test("a link that is down says since when, why, the next try and what helps", {
  ...grpcTest,
}, async () => {
  const settings = { reconnectIntervalSec: 60 };
  await using peer = startLink("127.0.0.1:1", new MapLibrary(), { settings });
  await until(() => peer.link.state().nextTryAt);

  const { status, problems } = linkPart(peer.link);
  strictEqual(status, "degraded");
  const time = /\d{4}-\d\d-\d\dT[\d:.]+Z/.source;
  match(
    problems![0]!.text,
    new RegExp(
      `no link to the edge at 127\\.0\\.0\\.1:1 since ${time}: UNAVAILABLE: .*` +
        `Start the edge there, or correct EDGE_GRPC_ADDRESS\\. The next try is at ${time}$`,
    ),
  );
  const up = { connected: true, address: "a:1", since: "2026-01-01T00:00:00Z", extensions: [] };
  deepStrictEqual(linkPart({ state: () => up }), { status: "healthy", ...up });
});

Deno.test("a start that waits for an engine says so, once; one that need not says nothing", async () => {
  const said: string[] = [];
  const spoken = Promise.withResolvers<void>();
  const log = new Log(({ message }) => {
    said.push(message);
    spoken.resolve();
  });
  strictEqual(await patiently("NATS", Promise.resolve(1), log, 0), 1);
  strictEqual(await patiently("PostgreSQL", spoken.promise.then(() => 2), log, 1), 2);
  deepStrictEqual(said, ["PostgreSQL is not there yet: waiting for it"]);
});
