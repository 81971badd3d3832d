/**
 * Two agents as people run them: an edge invites, a peer joins with the PIN, and is revoked.
 *
 * @module
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { runCommand, startAgent } from "../helpers/agent.ts";
import { until } from "../edge/rig.ts";

Deno.test("a peer joins an edge by its PIN, links to it, and is revoked", async () => {
  const folder = await Deno.makeTempDir();
  const [edgeDir, peerDir] = [join(folder, "edge"), join(folder, "peer")];
  try {
    const env = { ALLOW_UNSIGNED_PEERS: "never" };
    await using edge = await startAgent({ dataDir: edgeDir, role: "edge", env });
    const address = await until(() => /listens for peers at (\S+)/.exec(edge.output())?.[1]);
    const ask = async (method: string, path: string, body: object) => {
      const response = await fetch(edge.url + path, {
        method,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      strictEqual(response.ok, true);
      return await response.json();
    };
    const invite = () => ask("POST", "/api/peers/enrolments/", {});
    const { pin, edge_fingerprint: key } = await invite();

    const joined = await runCommand(["join", address, "--pin", pin, "--json"], {
      dataDir: peerDir,
    });

    strictEqual(joined.stderr, "");
    const { peer_id: id, ...rest } = JSON.parse(joined.stdout);
    deepStrictEqual(rest, { edge: address, edge_fingerprint: key, edges: [address] });

    // Another name of it is another edge to this peer: behind the first, and gone again.
    const other = address.replace("127.0.0.1", "localhost");
    const again = await runCommand(["join", other, "--pin", (await invite()).pin], {
      dataDir: peerDir,
    });
    match(again.stdout, new RegExp(`best first: ${address}, ${other}$`, "m"));
    const left = await runCommand(["leave", other, "--json"], { dataDir: peerDir });
    deepStrictEqual(JSON.parse(left.stdout), { edge: other, edges: [address] });

    // Where a flag or the environment names the edges, an invitation is not used up for nothing.
    const { pin: unused } = await invite();
    const fixed = await runCommand(["join", other, "--pin", unused], {
      dataDir: peerDir,
      env: { EDGE_GRPC_ADDRESS: address },
    });
    match(fixed.stderr, /EDGE_GRPC_ADDRESS: the environment sets it .* Start without it/);
    const { items: open } = await edge.get<{ items: unknown[] }>("/api/peers/enrolments/");
    strictEqual(open.length, 1);
    const kept = await runCommand(["config", "get", "edge_fingerprints"], { dataDir: peerDir });
    strictEqual(kept.stdout.trim(), `${address}=${key}`);

    await using _peer = await startAgent({ dataDir: peerDir });
    const isOnline = async () => (await edge.get<{ online: boolean }>(`/api/peers/${id}/`)).online;
    await until(() => isOnline().catch(() => false));
    await ask("PATCH", `/api/peers/${id}/`, { revoked: true });
    await until(async () => !await isOnline());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
