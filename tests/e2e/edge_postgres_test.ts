/**
 * An edge whose state is in PostgreSQL, as a program of its own.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { PublishedPeer } from "../edge/published.ts";
import { startAgent, theProgram } from "../helpers/agent.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import { tempDir } from "../helpers/temp.ts";

const options = { ignore: !hasPostgres, sanitizeOps: false, sanitizeResources: false };

Deno.test("an edge keeps its state in PostgreSQL, over restarts of both", options, async () => {
  await using server = await startPostgres();
  await using dir = await tempDir();
  const env = {
    EDGE_DATABASE_URL: await server.database(),
    GRPC_SERVER_ADDRESS: "127.0.0.1:0",
  };
  let catalogId = "";
  {
    await using edge = await startAgent({ dataDir: dir.path, env, role: "edge" });
    const { parts } = await edge.get<{ parts: { edge: { address: string } } }>("/api/health/");
    using peer = new PublishedPeer(parts.edge.address, "old");
    const files = [{ relative_path: "alien.mp4", size_bytes: 5 }];
    peer.send({ request_id: "o", batch_file_offer: { files } });
    const reply = await peer.receive("batch_file_offer_response");
    [{ catalog_id: catalogId }] =
      (reply.batch_file_offer_response as { files: [{ catalog_id: string }] }).files;
    peer.send({ request_id: "a", catalog_announcement: { catalog_ids: [catalogId] } });
    peer.send({ request_id: "o2", batch_file_offer: { files } });
    await peer.receive("batch_file_offer_response"); // so that the list was taken
    await server.stop("QUIT");
    await server.start();

    const title = await edge.get<{ title: string; online: boolean }>(`/api/catalog/${catalogId}/`);
    deepStrictEqual([title.title, title.online], ["alien", true]);
    const setting = await edge.get<{ value: string }>("/api/configurations/edge_database_url/");
    match(setting.value, /^postgres:\/\/tester:\*\*\*@127\.0\.0\.1:\d+\/test_1$/);
    ok(!edge.output().includes("secret"), "the log has no password");
  }
  await using again = await startAgent({ dataDir: dir.path, env, role: "edge" });
  const title = await again.get<{ online: boolean }>(`/api/catalog/${catalogId}/`);
  strictEqual(title.online, false);
});

Deno.test("a URL that is none ends the program with what to do", options, async () => {
  await using dir = await tempDir();
  const { command, args, env = {} } = theProgram();
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args, "edge", "--data-dir", dir.path],
    env: { ...env, EDGE_DATABASE_URL: "tester:secret@nowhere", HTTP_PORT: "0" },
    clearEnv: true,
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);

  ok(code !== 0);
  match(said, /Cannot use EDGE_DATABASE_URL: it is not like postgres:/);
  ok(!said.includes("secret"), said);
});
