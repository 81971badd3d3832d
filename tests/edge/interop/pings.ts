/**
 * A way to an edge that counts the pings of HTTP/2 which go to it. RFC 9113, 4.1 and 6.7.
 *
 * @module
 */

const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
const [PING, ACK] = [6, 1];

export interface Way extends AsyncDisposable {
  port: number;
  /** Pings that were not answers to the edge's own. */
  count(): number;
}

/** Connections to the port that it gives back go on to `port`. */
export function countPings(port: number): Way {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const open = new Set<Deno.Conn>();
  let pings = 0;
  const running = serve();

  return {
    port: listener.addr.port,
    count: () => pings,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const conn of open) close(conn);
      await running;
    },
  };

  async function serve(): Promise<void> {
    const ways: Promise<unknown>[] = [];
    try {
      for await (const peer of listener) {
        const edge = await Deno.connect({ port, hostname: "127.0.0.1" });
        open.add(peer).add(edge);
        ways.push(carry(peer, edge, counter(() => pings++)), carry(edge, peer, () => {}));
      }
    } catch {
      // the listener was closed
    }
    await Promise.all(ways);
  }

  async function carry(from: Deno.Conn, to: Deno.Conn, look: (bytes: Uint8Array) => void) {
    try {
      const chunk = new Uint8Array(65_536);
      for (;;) {
        const count = await from.read(chunk);
        if (count === null) break;
        look(chunk.subarray(0, count));
        for (let at = 0; at < count;) at += await to.write(chunk.subarray(at, count));
      }
    } catch {
      // one end has closed it
    }
    close(from);
    close(to);
  }

  function close(conn: Deno.Conn): void {
    if (!open.delete(conn)) return;
    conn.close();
  }
}

/** Reads the heads of frames, wherever the pieces are cut. */
function counter(found: () => void): (bytes: Uint8Array) => void {
  let skip = PREFACE_BYTES;
  const head: number[] = [];
  return (bytes) => {
    for (const byte of bytes) {
      if (skip > 0) {
        skip--;
        continue;
      }
      if (head.push(byte) < HEAD_BYTES) continue;
      const [high, middle, low, kind, flags] = head as [number, number, number, number, number];
      if (kind === PING && !(flags & ACK)) found();
      skip = high << 16 | middle << 8 | low;
      head.length = 0;
    }
  };
}
