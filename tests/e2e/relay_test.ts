/** Two homes that cannot reach each other: a film from one to the other, through the edge's relay. @module */
import { deepStrictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { run } from "../../src/base/command.ts";
import { fromSource, startAgent } from "../helpers/agent.ts";
import { between, openHomes, whyNoHomes } from "../rigs/homes/mod.ts";

const isMissing = !existsSync("/usr/bin/turnserver") || await whyNoHomes() !== undefined;

Deno.test({
  name: "a film comes to another home through the relay, and by no other way",
  ignore: isMissing,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using homes = await openHomes();
    const [edgeDir, peerDir] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
    const source = fromSource();
    const program = (place: "net" | "a" | "b") => {
      const { command, args } = homes.within(place);
      return { ...source, command, args: [...args, source.command, ...source.args] };
    };
    const [grpcPort, httpPort] = [50051, 8080]; // of a network of their own
    await using agents = new AsyncDisposableStack();
    const edge = startAgent({
      program: program("net"),
      dataDir: edgeDir,
      role: "edge",
      args: ["--http-port", String(httpPort)],
      env: {
        HTTP_HOST: "0.0.0.0",
        GRPC_SERVER_ADDRESS: `${between.a}:${grpcPort}`,
        ALLOW_UNSIGNED_PEERS: "always",
        TURN_RELAY_HOST: between.a,
        TURN_RELAY_PRIVATE: "true",
      },
    });
    const peer = startAgent({
      program: program("a"),
      dataDir: peerDir,
      env: { EDGE_GRPC_ADDRESS: `${between.a}:${grpcPort}` },
    });
    // Side by side: the peer comes again until the edge is there.
    for (const agent of [edge, peer]) agents.use(await agent);
    const token = (await Deno.readTextFile(`${edgeDir}/access_token`)).trim();
    const viewer = new URL("../rigs/homes/far_viewer.ts", import.meta.url).pathname;
    const { command, args } = homes.within("b");

    const said = await run(command, [
      ...[...args, source.command, "run", "--allow-all", "--no-check", viewer],
      ...[`http://${between.b}:${httpPort}`, token],
    ], { timeoutMs: 60_000 });

    const { without, relayed, size } = JSON.parse(said);
    deepStrictEqual({ without, relayed }, { without: 0, relayed: size });
    for (const folder of [edgeDir, peerDir]) await Deno.remove(folder, { recursive: true });
  },
});
