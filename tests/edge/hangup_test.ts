/**
 * The other end hangs up: it resets its stream, says GOAWAY, and closes later. Each time what the
 * runtime's HTTP/2 had of the connection goes while that GOAWAY is being read; so a program that is
 * not guarded against it ends, and is one of its own here. Freed memory is overwritten in it, that
 * nothing is read from it by luck.
 *
 * @module
 */
import { strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { type RunningAgent, startAgent } from "../helpers/agent.ts";
import { freePort } from "../helpers/port.ts";
import { tempDir } from "../helpers/temp.ts";
import { makeIdentityKey } from "../../src/edge/identity/mod.ts";
import { makeNonce } from "../../src/edge/identity/transcript.ts";
import { grpcTest, until } from "./rig.ts";

const [HEADERS, RST_STREAM, SETTINGS, GOAWAY] = [1, 3, 4, 7];
const END_HEADERS = 4;
const [NO_ERROR, INTERNAL_ERROR, CANCEL] = [0, 2, 8];
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const PATH = "/giggityflix_grpc_peer.PeerEdgeService/AsyncOperations";
/** glibc's word, and macOS's. */
const overwriting = { MALLOC_PERTURB_: "165", MallocScribble: "1" };

function frame(type: number, stream: number, payload: Uint8Array = Buffer.alloc(0), flags = 0) {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const number = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer).swap32();
const reset = frame(RST_STREAM, 1, number(CANCEL));
const goaway = (code: number) => frame(GOAWAY, 0, number(0, code));

/** Headers in HPACK, each as it is. */
function headers(fields: Record<string, string>): Buffer {
  const parts = Object.entries(fields).flatMap(([name, value]) => [
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
  return frame(HEADERS, 1, Buffer.concat(parts), END_HEADERS);
}

/** Resolves when the other end's headers are here, and its settings are acknowledged. */
async function heard(socket: Socket, before = 0): Promise<void> {
  let bytes = Buffer.alloc(0);
  let at = before;
  for (;;) {
    const [chunk] = await once(socket, "data") as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= at + 9 && bytes.length >= at + 9 + bytes.readUIntBE(at, 3)) {
      const type = bytes[at + 3];
      if (type === SETTINGS && bytes[at + 4] === 0) {
        socket.write(frame(SETTINGS, 0, undefined, 1));
      }
      at += 9 + bytes.readUIntBE(at, 3);
      if (type === HEADERS) return;
    }
  }
}

/** The end of a connection, in frames that come one after another or all at once. */
const endings: Record<string, Buffer[]> = {
  "at once": [Buffer.concat([reset, goaway(NO_ERROR)])],
  "one after another": [reset, goaway(NO_ERROR)],
  "as a failure": [goaway(INTERNAL_ERROR)],
  "twice": [reset, goaway(NO_ERROR), goaway(INTERNAL_ERROR)],
};

/** Says it, and waits until the other end has closed: then it has read all of it. */
async function hangUp(socket: Socket, frames: Buffer[]): Promise<void> {
  const closed = once(socket, "close", { signal: AbortSignal.timeout(10_000) });
  socket.on("end", () => socket.end());
  socket.resume();
  for (const it of frames) {
    if (socket.writable) await new Promise((resolve) => socket.write(it, resolve));
    await new Promise((resolve) => setTimeout(resolve, 2)); // another packet
  }
  await closed;
}

/** A connection, as soon as there is somebody. */
async function reach(port: number): Promise<Socket> {
  let socket: Socket | undefined;
  await until(async () => {
    socket = connect(port, "127.0.0.1");
    socket.on("error", () => {}); // the edge may be gone: that is asked afterwards
    return await once(socket, "connect").then(() => true, () => false);
  });
  return socket!;
}

async function assertAlive(agent: RunningAgent): Promise<void> {
  const ended = agent.status.then(({ code, signal }) => `it ended: ${code} ${signal}`);
  const answer = agent.get("/api/health").then(() => "alive", (error) => ended.catch(() => error));
  strictEqual(await Promise.race([answer, ended]), "alive");
}

Deno.test("an edge stays when peers hang up in the middle of the door", grpcTest, async () => {
  await using dir = await tempDir();
  const port = freePort();
  const env = { GRPC_SERVER_ADDRESS: `127.0.0.1:${port}`, ...overwriting };
  await using edge = await startAgent({ role: "edge", dataDir: dir.path, env });
  const { publicKey } = makeIdentityKey();

  for (const [name, frames] of Object.entries(endings)) {
    for (const signed of [{ peer_key: publicKey, peer_nonce: makeNonce() }, {}]) {
      const socket = await reach(port);
      socket.write(Buffer.concat([
        PREFACE,
        frame(SETTINGS, 0),
        headers({
          ":method": "POST",
          ":scheme": "http",
          ":path": PATH,
          ":authority": "edge",
          "content-type": "application/grpc",
          "te": "trailers",
          "peer_id": name,
          ...signed,
        }),
      ]));
      await heard(socket);
      await hangUp(socket, frames);
      await assertAlive(edge);
    }
  }
});

Deno.test("a peer stays when its edge hangs up, and comes back", grpcTest, async () => {
  await using dir = await tempDir();
  // Between two of them the peer waits.
  const ways = [endings["one after another"]!, endings["as a failure"]!];
  const done = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    const frames = ways.shift();
    if (!frames) return void socket.destroy();
    socket.write(frame(SETTINGS, 0));
    heard(socket, PREFACE.length).then(async () => {
      socket.write(headers({ ":status": "200", "content-type": "application/grpc" }));
      await hangUp(socket, frames);
      if (ways.length === 0) done.resolve();
    }).catch(done.reject);
  }).listen(0, "127.0.0.1");
  using stack = new DisposableStack();
  stack.defer(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as { port: number };

  await using peer = await startAgent({
    dataDir: dir.path,
    env: { EDGE_GRPC_ADDRESS: `127.0.0.1:${port}`, ...overwriting },
  });
  await Promise.race([done.promise, peer.status]);

  await assertAlive(peer);
  strictEqual(ways.length, 0);
});
