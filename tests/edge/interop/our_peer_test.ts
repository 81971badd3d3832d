/**
 * Our agent, with real files, at an edge written in Python with grpcio: every flow of the published
 * protocol.
 *
 * @module
 */
// deno-lint-ignore-file camelcase -- the published names
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type RunningAgent, startAgent } from "../../helpers/agent.ts";
import { has, samples } from "../../helpers/clips.ts";
import { tempDir } from "../../helpers/temp.ts";
import { until } from "../rig.ts";
import { hasGrpcio, type Message, PythonProgram } from "./rig.ts";
import { countPings } from "./pings.ts";

const hasFfmpeg = await has("ffmpeg", "-version");

/** The edge, as the test speaks through it. */
class PythonEdge extends PythonProgram {
  #asked = 0;

  constructor() {
    super("edge.py");
  }

  say(message: Message): void {
    this.tell({ do: "say", message });
  }

  /** Asks, and gives back the answer: the next message with the same request id. */
  async ask(message: Message): Promise<Message> {
    const request_id = `e${++this.#asked}`;
    this.say({ request_id, ...message });
    return await this.answer(request_id);
  }

  async answer(request_id: string): Promise<Message> {
    const said = await this.hear((it) => it.message?.request_id === request_id);
    return said.message!;
  }

  /** Waits for a list of just these ids; heartbeats with the one before may come first. */
  async list(...ids: string[]): Promise<void> {
    const wanted = JSON.stringify(ids.toSorted());
    await this.hear(({ message }) =>
      JSON.stringify(message?.catalog_announcement?.catalog_ids?.toSorted()) === wanted
    );
  }

  /** Gives ids to all files that are offered, until there are as many. */
  async giveIds(count: number, idOf: (path: string) => string): Promise<void> {
    const given = new Set<string>();
    while (given.size < count) {
      const { message } = await this.hear((it) => it.message?.batch_file_offer !== undefined);
      const files = message!.batch_file_offer!.files.map(({ relative_path }) => {
        given.add(relative_path);
        return { relative_path, catalog_id: idOf(relative_path) };
      });
      this.say({ request_id: message!.request_id!, batch_file_offer_response: { files } });
    }
  }
}

Deno.test({
  name: "grpcio: our agent does all that a foreign edge asks, and comes back after each end",
  ignore: !hasGrpcio,
  async fn() {
    await using dir = await tempDir();
    const media = join(dir.path, "media");
    await Deno.mkdir(join(media, "folder"), { recursive: true });
    const files: Record<string, string> = {
      "a.mp4": samples.mp4,
      "b.webm": samples.webm,
      "folder/c é.mkv": samples.mkv,
    };
    for (const [path, sample] of Object.entries(files)) {
      await Deno.copyFile(sample, join(media, path));
    }
    await using edge = new PythonEdge();
    const { port, uploads } = await edge.hear((it) => it.event === "listening");
    await using pings = countPings(Number(port));
    await using agent = await startAgent({
      dataDir: join(dir.path, "data"),
      env: {
        MEDIA_DIRS: media,
        INCLUDE_EXTENSIONS: ".mp4,.webm,.mkv",
        EDGE_GRPC_ADDRESS: `127.0.0.1:${pings.port}`,
        GRPC_TIMEOUT_SEC: "2",
        GRPC_HEARTBEAT_INTERVAL_SEC: "3",
        GRPC_RECONNECT_INTERVAL_SEC: "1",
        SCREENSHOT_BASE_URL: `http://127.0.0.1:${uploads}`,
      },
    });

    const came = await edge.hear((it) => it.event === "peer");
    ok(came.peer_id);
    ok((came.keys as string[]).includes("peer_id"));
    await edge.giveIds(3, (path) => `id of ${path}`);
    const [a, b, c] = ["id of a.mp4", "id of b.webm", "id of folder/c é.mkv"] as const;
    await edge.list(a, b, c);
    edge.said.length = 0; // before it had ids, its list was empty

    await answersAll(edge, media, { a, b, c });
    await takesPictures(edge, agent, a);
    // A heartbeat is the whole list, never an empty one: an original edge believes it.
    await edge.list(a, "z");
    await comesBack(edge, [a, "z"]);
    // grpcio hangs up on pings that come too often. RFC 9113, 6.7.
    strictEqual(pings.count(), 0);
    const lists = edge.said.flatMap((it) => it.message?.catalog_announcement ?? []);
    ok(lists.every((it) => (it.catalog_ids?.length ?? 0) >= 2), "an empty list");
  },
});

async function answersAll(
  edge: PythonEdge,
  media: string,
  { a, b, c }: { a: string; b: string; c: string },
): Promise<void> {
  const hashOf = (catalog_id: string) =>
    edge.ask({ file_hash_request: { catalog_id, hash_types: ["sha256", "md5"] } });
  const digest = (name: string) => createHash(name).update(Deno.readFileSync(samples.mp4));
  deepStrictEqual((await hashOf(a)).file_hash_response, {
    catalog_id: a,
    hashes: { md5: digest("md5").digest("hex"), sha256: digest("sha256").digest("hex") },
    success: true,
  });
  // Zero is a reason: it is on the wire.
  deepStrictEqual((await hashOf("nope")).file_hash_response, {
    catalog_id: "nope",
    error: "BAD_CATALOG_ID",
  });

  edge.say({ request_id: "d", file_delete_request: { catalog_ids: [b, "nope"] } });
  const deleted = [await edge.answer("d"), await edge.answer("d")];
  deepStrictEqual(deleted.map((it) => it.file_delete_response), [
    { catalog_id: b, success: true },
    { catalog_id: "nope", error: "BAD_CATALOG_ID" },
  ]);
  ok((await Deno.stat(join(media, "b.webm"))).isFile); // forgotten, not deleted
  await edge.list(a, c);

  edge.say({ file_remap_request: { old_catalog_id: c, new_catalog_id: "y" } });
  await edge.list(a, "y");
  edge.say({ file_remap_request: { old_catalog_id: "y", new_catalog_id: a } }); // in use
  // An answer that nobody has asked for, with another system's separators.
  const late = { relative_path: "folder\\c é.mkv", catalog_id: "z" };
  edge.say({ request_id: "late", batch_file_offer_response: { files: [late] } });
  await edge.list(a, "z");

  // What has no payload, an unknown one, or is no message, ends nothing.
  for (const hex of ["0a0178", "0a0178827d00", "0a02fffe"]) edge.say({ hex });
  const pulled = await edge.ask({ catalog_announcement_request: {} });
  deepStrictEqual(pulled.catalog_announcement?.catalog_ids?.toSorted(), [a, "z"]);
}

async function takesPictures(edge: PythonEdge, agent: RunningAgent, id: string): Promise<void> {
  const capture = (quantity: number) =>
    edge.say({
      request_id: `shot ${quantity}`,
      screenshot_capture_request: {
        catalog_id: id,
        quantity,
        upload_token: "one-time",
        upload_endpoint: "/api/screenshot/a",
      },
    });
  capture(2 ** 31 - 1); // froze the original for good
  capture(-1);
  capture(3);
  if (!hasFfmpeg) {
    await until(() => /Screenshots were not delivered.*ffmpeg/.test(agent.output()));
    return;
  }
  const upload = await edge.hear((it) => it.event === "upload", 30_000);
  const part = { name: "files", type: "image/jpeg", begin: "ffd8ff" };
  deepStrictEqual(upload, {
    event: "upload",
    path: "/api/screenshot/a",
    token: "one-time",
    parts: [part, part, part],
    status: 200,
  });
  // The same request again, as after a break: the token is not used a second time.
  capture(3);
  await edge.ask({ catalog_announcement_request: {} });
  await until(() => /Screenshots were delivered/.test(agent.output()));
  strictEqual(edge.said.filter((it) => it.event === "upload").length, 0);
}

/** OK too, which is all that an original says of a message that it could not read. */
async function comesBack(edge: PythonEdge, ids: string[]): Promise<void> {
  const ends = [undefined, { code: "UNKNOWN", details: "Exception iterating requests!" }];
  for (const status of ends) {
    edge.tell({ do: "end", ...status && { status } });
    await edge.hear((it) => it.event === "peer");
    await edge.list(...ids);
  }
}
