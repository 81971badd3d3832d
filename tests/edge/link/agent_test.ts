/**
 * A whole agent at an original edge: what is asked of its files is done to real ones.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { startAgent } from "../../helpers/agent.ts";
import { has, samples } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { grpcTest, until } from "../rig.ts";
import { type Message, PublishedEdge } from "../published.ts";

const hasFfmpeg = await has("ffmpeg", "-version");

/** A message with this field, but for empty heartbeats. */
async function listed(edge: PublishedEdge, count: number): Promise<string[]> {
  for (;;) {
    const { catalog_announcement: said } = await edge.receive("catalog_announcement");
    const ids = (said as { catalog_ids?: string[] }).catalog_ids ?? [];
    if (ids.length === count) return ids;
  }
}

Deno.test("an agent deletes, hashes and takes pictures of its real files", grpcTest, async () => {
  await using dir = await tempDir();
  const media = join(dir.path, "media");
  await Deno.mkdir(media);
  await Deno.copyFile(samples.mp4, join(media, "a.mp4"));
  await Deno.copyFile(samples.webm, join(media, "b.webm"));
  await Deno.mkdir(join(media, "folder"));
  await Deno.copyFile(samples.mkv, join(media, "folder", "c.mkv"));
  const uploads: { path: string; token: string | null; files: Uint8Array[] }[] = [];
  await using http = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const files = (await request.formData()).getAll("files") as File[];
      const { pathname } = new URL(request.url);
      const bytes = await Promise.all(files.map(async (it) => new Uint8Array(await it.bytes())));
      uploads.push({ path: pathname, token: request.headers.get("authorization"), files: bytes });
      return Response.json({ status: "success" });
    },
  );
  await using edge = await PublishedEdge.open();
  await using agent = await startAgent({
    dataDir: join(dir.path, "data"),
    env: {
      MEDIA_DIRS: media,
      INCLUDE_EXTENSIONS: ".mp4,.webm,.mkv",
      EDGE_GRPC_ADDRESS: edge.address,
      REMOTE_DELETE: "trash",
      SCREENSHOT_BASE_URL: `http://127.0.0.1:${http.addr.port}`,
    },
  });

  // All files have their ids, in as many offers as it takes.
  const idOf: Record<string, string> = {};
  while (Object.keys(idOf).length < 3) {
    const offer = await edge.receive("batch_file_offer");
    const { files } = offer.batch_file_offer as { files: { relative_path: string }[] };
    const given = files.map(({ relative_path: path }) => ({
      relative_path: path,
      catalog_id: idOf[path] ??= `id of ${path}`,
    }));
    edge.say({ request_id: offer.request_id!, batch_file_offer_response: { files: given } });
  }
  await listed(edge, 3);
  const [a, b, c] = ["a.mp4", "b.webm", "folder/c.mkv"].map((path) => idOf[path]!);

  edge.say({ request_id: "h", file_hash_request: { catalog_id: a, hash_types: ["sha256"] } });
  const hashed = (await edge.receive("file_hash_response")).file_hash_response as Message;
  const expected = createHash("sha256").update(await Deno.readFile(samples.mp4)).digest("hex");
  deepStrictEqual(hashed.hashes, { sha256: expected });

  // As the originals do: what is unknown is left out, and is no fault of the id.
  const ask = async (...hash_types: string[]) => {
    edge.say({ request_id: hash_types.join(), file_hash_request: { catalog_id: a, hash_types } });
    return (await edge.receive("file_hash_response")).file_hash_response;
  };
  deepStrictEqual(await ask("md99", "sha256", "sha256"), {
    catalog_id: a,
    hashes: { sha256: expected },
    success: true,
  });
  deepStrictEqual(await ask("md99", "__proto__"), { catalog_id: a, success: true });

  // The folder is now a way out of the media folders.
  await Deno.rename(join(media, "folder"), join(dir.path, "outside"));
  await Deno.symlink(join(dir.path, "outside"), join(media, "folder"));
  edge.say({ request_id: "d", file_delete_request: { catalog_ids: [b, c, "nope"] } });
  const said: unknown[] = [];
  for (let n = 0; n < 3; n++) said.push(await edge.receive("file_delete_response"));
  deepStrictEqual(said, [
    { request_id: "d", file_delete_response: { catalog_id: b, success: true } },
    { request_id: "d", file_delete_response: { catalog_id: c, error: "PERMISSION_DENIED" } },
    { request_id: "d", file_delete_response: { catalog_id: "nope", error: "BAD_CATALOG_ID" } },
  ]);
  ok((await Deno.stat(join(dir.path, "outside", "c.mkv"))).isFile);
  const there = await Array.fromAsync(Deno.readDir(media), ({ name }) => name);
  deepStrictEqual(there.toSorted(), [".giggityflix-trash", "a.mp4", "folder"]);
  const trash = await agent.get<{ items: { relative_path: string }[] }>("/api/trash");
  deepStrictEqual(trash.items.map((it) => it.relative_path), ["b.webm"]);

  edge.say({
    request_id: "s",
    screenshot_capture_request: {
      catalog_id: a,
      quantity: 3,
      upload_token: "one-time",
      upload_endpoint: "/api/screenshot/a",
    },
  });
  const isSaid = () => /Screenshots were (not )?delivered/.test(agent.output());
  await until(isSaid, "pictures", 30_000);
  if (hasFfmpeg) {
    strictEqual(uploads.length, 1);
    strictEqual(uploads[0]!.path, "/api/screenshot/a");
    strictEqual(uploads[0]!.token, "Bearer one-time");
    // JPEG begins so: ITU T.81, B.1.1.3.
    const begins = uploads[0]!.files.map((bytes) => bytes.subarray(0, 2).toHex());
    deepStrictEqual(begins, ["ffd8", "ffd8", "ffd8"]);
  } else {
    match(agent.output(), /Screenshots were not delivered.*ffmpeg/);
  }
  const metrics = await (await fetch(`${agent.url}/metrics`)).text();
  match(metrics, /giggityflix_link_connected 1/);
});
