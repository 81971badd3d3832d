/** Real agents take pictures of real films, and bring them to their edge. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { startAgent, untilCataloged } from "../../helpers/agent.ts";
import { samples } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { until } from "../rig.ts";
import { decoded, hasFfmpeg } from "./pictures.ts";
import { basename, join } from "node:path";
import type { RequestBody } from "./rig.ts";

const options = { ignore: !hasFfmpeg, sanitizeOps: false, sanitizeResources: false };

interface Agent {
  url: string;
  output(): string;
  get<T>(path: string): Promise<T>;
}

/** Asks, waits, and looks at what has come. */
async function takePictures(edge: Agent, catalogId: string, quantity: number) {
  const response = await fetch(`${edge.url}/api/catalog/${catalogId}/screenshots/`, {
    method: "POST",
    body: JSON.stringify({ quantity, requester_service: "the test" }),
    headers: { "content-type": "application/json" },
  });
  strictEqual(response.status, 202);
  await response.body?.cancel();
  const location = response.headers.get("location")!;
  const done = await until(
    async () => {
      const now = await edge.get<RequestBody>(location);
      return now.status === "completed" && now;
    },
    "screenshots",
    30_000,
  );
  const sizes = [];
  for (const url of done.screenshot_urls) {
    const picture = await fetch(edge.url + url);
    strictEqual(picture.headers.get("content-type"), "image/jpeg");
    sizes.push(await decoded(await picture.bytes()));
  }
  return sizes;
}

Deno.test(
  "an agent and a peer elsewhere bring pictures of their films to one edge",
  options,
  async () => {
    await using dir = await tempDir();
    const [here, there] = [join(dir.path, "here"), join(dir.path, "there")];
    for (const folder of [here, there]) await Deno.mkdir(folder);
    for (const [kind, path] of Object.entries(samples)) {
      await Deno.copyFile(path, join(kind === "mp4" ? here : there, basename(path)));
    }
    const dataDir = join(dir.path, "edge");
    await using edge = await startAgent({
      dataDir,
      env: {
        MEDIA_DIRS: here,
        JWT_ALGORITHM: "EdDSA",
        LOG_LEVEL: "debug",
        MAX_SCREENSHOTS_PER_REQUEST: "5",
      },
    });
    const { parts } = await edge.get<{ parts: { edge: { address: string } } }>("/api/health/");
    await using peer = await startAgent({
      dataDir: join(dir.path, "peer"),
      env: { MEDIA_DIRS: there, EDGE_GRPC_ADDRESS: parts.edge.address },
    });
    const ids = await untilCataloged(edge, peer);
    const [own, others] = [ids.get("mp4")!, ids.get("webm")!];

    deepStrictEqual(await takePictures(edge, own, 3), Array(3).fill([640, 360]));
    strictEqual((await takePictures(edge, others, 5)).length, 5);
    const list = await edge.get<{ items: unknown[] }>(`/api/catalog/${own}/screenshots`);
    strictEqual(list.items.length, 3);
    ok(!/eyJ/.test(edge.output() + peer.output()), "a token is in the log");
    const info = await Deno.stat(join(dataDir, "screenshots"));
    strictEqual((info.mode ?? 0) & 0o077, 0, "for nobody else at this machine");
    const many = await fetch(`${edge.url}/api/catalog/${own}/screenshots`, {
      method: "POST",
      body: '{"quantity":6}',
      headers: { "content-type": "application/json" },
    });
    match((await many.json()).detail, /ask for 1 to 5/);
  },
);
