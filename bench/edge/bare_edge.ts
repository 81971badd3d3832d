/**
 * grpc-js and our codec with nothing around them: what is left if an edge costs nothing. Told what to
 * do by lines: see lines.ts.
 *
 * @module
 */
import process from "node:process";
import { say } from "../../scripts/run.ts";
import { isUndecodable } from "../../src/edge/codec.ts";
import {
  type EdgeStream,
  openGrpc,
  type UnaryCall,
  type UnaryReply,
} from "../../src/edge/proto.ts";
import { answerEach } from "./lines.ts";
import { load } from "./load.ts";

const { lib, service } = await openGrpc();
const streams = new Set<EdgeStream>();
const waiting = new Map<string, (answer: unknown) => void>();
const server = new lib.Server({ "grpc.enable_channelz": 0 });
server.addService(service, {
  asyncOperations(stream: EdgeStream) {
    streams.add(stream);
    stream.sendMetadata(new lib.Metadata());
    stream.on("error", () => {});
    stream.on("cancelled", () => streams.delete(stream));
    stream.on("data", (message) => {
      if (isUndecodable(message)) return;
      waiting.get(message.requestId)?.(message);
      waiting.delete(message.requestId);
    });
  },
  webrtcOperations: (_call: UnaryCall, reply: UnaryReply) =>
    reply({ code: lib.status.UNIMPLEMENTED }),
});
const port = await new Promise<number>((resolve, reject) =>
  server.bindAsync(
    "127.0.0.1:0",
    lib.ServerCredentials.createInsecure(),
    (error, port) => error ? reject(error) : resolve(port),
  )
);
say(JSON.stringify({ port }));

await answerEach({
  count: () => Promise.resolve({ count: streams.size }),
  memory() {
    const asIs = Deno.memoryUsage().rss;
    const collect = (globalThis as { gc?: (how: object) => void }).gc;
    for (let n = 0; n < 3; n++) collect?.({ type: "major", flavor: "last-resort" });
    const { rss, heapUsed } = Deno.memoryUsage();
    return Promise.resolve({ asIs, rss, heapUsed });
  },
  async load({ rate, seconds, flights }) {
    const all = [...streams];
    const before = cpuMs();
    const value = { catalogId: "title", hashTypes: ["md5"] };
    const told = await load((at) =>
      new Promise((resolve) => {
        const requestId = crypto.randomUUID();
        waiting.set(requestId, resolve);
        const payload = { case: "fileHashRequest", value } as const;
        all[at % all.length]!.write({ requestId, edgeId: "edge-1", payload });
      }), { rate: Number(rate ?? 0), seconds: Number(seconds), flights: Number(flights ?? 0) });
    return { ...told, cpuMs: cpuMs() - before };
  },
});
Deno.exit(0);

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1000);
}
