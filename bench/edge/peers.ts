/**
 * Many peers in one process: `peers.ts PORT COUNT PREFIX ours|published`. Each has a connection and a
 * stream of its own, as real ones have, shows that it lives, and answers what it is asked. "ours" say
 * hello and are heard by pings; "published" know only the published messages. What they do is told by
 * lines: see lines.ts.
 *
 * @module
 */
import { answerEach } from "./lines.ts";
import { field, framed, Wire } from "./wire.ts";

const [port, count, prefix, kind] = Deno.args;
/** Connections in the opening at once. */
const OPENING = 64;

const empty = new Uint8Array();
const hello = framed(message(
  "hello",
  field(1000, helloBody()),
));
const announcement = framed(message("a", field(4, empty)));
const announcementEnd = framed(message("a", field(1005, empty)));
const PING_ID = "p".charCodeAt(0);
const ping = framed(message("p", field(1001, empty)));
/** Without the request id: the answer to a request for hashes. */
const hashes = field(
  3,
  new Uint8Array([
    ...field(1, "title"),
    ...field(2, new Uint8Array([...field(1, "md5"), ...field(2, "0".repeat(32))])),
    0x18,
    1,
  ]),
);

const wires = new Set<Wire>();
const ends: Record<string, number> = {};
/** Requests that were answered, and receipts that came for pings. */
let [answered, receipts] = [0, 0];

await answerEach({
  /** Resolves when the edge has let all of them in. */
  async connect() {
    const started = performance.now();
    let next = 0;
    const worker = async () => {
      while (next < Number(count)) await open(`${prefix}-${next++}`);
    };
    await Promise.all(Array.from({ length: OPENING }, worker));
    return { connected: wires.size, ms: Math.round(performance.now() - started) };
  },
  /** One heartbeat of each, spread over so many seconds. */
  async beat({ overSec }) {
    const started = performance.now();
    const all = [...wires];
    for (const [at, wire] of all.entries()) {
      const due = started + at / all.length * Number(overSec) * 1000;
      const early = due - performance.now();
      if (early > 5) await new Promise((resolve) => setTimeout(resolve, early));
      wire.send(kind === "ours" ? ping : announcement);
    }
    return { beats: all.length };
  },
  state: () => Promise.resolve({ connected: wires.size, answered, receipts, ends }),
});
for (const wire of wires) wire.close();
Deno.exit(0);

async function open(peerId: string): Promise<void> {
  const wire = await Wire.open(Number(port), peerId);
  const opened = Promise.withResolvers<void>();
  wires.add(wire);
  if (kind === "ours") wire.send(hello);
  wire.send(announcement);
  if (kind === "ours") wire.send(announcementEnd);
  const reading = wire.read({ headers: opened.resolve, message: (bytes) => answer(wire, bytes) });
  void reading.then((why) => {
    wires.delete(wire);
    ends[why] = (ends[why] ?? 0) + 1;
    opened.resolve();
  });
  await opened.promise;
}

/** EdgeMessage: 1 request_id, 2 edge_id, 4 file_hash_request. */
function answer(wire: Wire, bytes: Uint8Array): void {
  const id = bytes[0] === 0x0a ? bytes.subarray(0, 2 + bytes[1]!) : empty;
  let at = id.length;
  if (bytes[at] === 0x12) at += 2 + bytes[at + 1]!;
  if (at === bytes.length && bytes[2] === PING_ID) receipts++;
  if (bytes[at] !== 0x22) return;
  answered++;
  const reply = new Uint8Array(id.length + hashes.length);
  reply.set(id);
  reply.set(hashes, id.length);
  wire.send(framed(reply));
}

function message(requestId: string, payload: Uint8Array): Uint8Array {
  return new Uint8Array([...field(1, requestId), ...payload]);
}

/** What our own peer says when it comes. */
function helloBody(): Uint8Array {
  const words = ["stream", "media", "announcement_end", "receipt", "digest", "hash_progress"];
  return new Uint8Array([0x08, 1, ...words.flatMap((word) => [...field(2, word)])]);
}
