/**
 * A TCP proxy between a peer and its edge, which cuts connections in all the ways in which networks
 * do.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";

export type Cut = "reset" | "half-open" | "silence";

interface Pair {
  peer: Socket;
  edge: Socket;
  isCut: boolean;
}

export class CuttingProxy implements AsyncDisposable {
  readonly #pairs = new Set<Pair>();
  /** Bytes that may still pass before what was ordered happens. */
  #left = Infinity;
  #act = () => {};
  connections = 0;

  private constructor(readonly server: Server, public edgePort: number) {}

  static async open(edgePort: number): Promise<CuttingProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new CuttingProxy(server, edgePort);
    server.on("connection", (socket) => proxy.#join(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  /** Does `act` in the middle of what is said, after so many bytes, or so many milliseconds. */
  async after(bytes: number, ms: number, act: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const now = () => {
      this.#left = Infinity;
      this.#act = () => {};
      clearTimeout(timer);
      act();
      resolve();
    };
    const timer = setTimeout(now, ms);
    this.#left = bytes;
    this.#act = now;
    await promise;
  }

  cut(how: Cut): void {
    for (const pair of this.#pairs) {
      if (pair.isCut) continue;
      pair.isCut = true;
      // A half-open link: this end is gone, and the other does not know.
      if (how !== "silence") pair.peer.resetAndDestroy();
      if (how === "reset") pair.edge.resetAndDestroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { peer, edge } of this.#pairs) {
      peer.destroy();
      edge.destroy();
    }
    this.server.close();
    await once(this.server, "close");
  }

  #join(peer: Socket): void {
    this.connections++;
    const edge = connect({ port: this.edgePort, host: "127.0.0.1", noDelay: true });
    const pair: Pair = { peer, edge, isCut: false };
    this.#pairs.add(pair);
    this.#pass(pair, peer, edge);
    this.#pass(pair, edge, peer);
  }

  #pass(pair: Pair, from: Socket, to: Socket): void {
    from.on("data", (bytes: Buffer) => {
      if (pair.isCut) return; // swallowed
      if (bytes.length < this.#left) {
        this.#left -= bytes.length;
        to.write(bytes);
        return;
      }
      const left = this.#left;
      to.write(bytes.subarray(0, left));
      this.#act();
      // It was an edge or a peer that ended, and not the line.
      if (!pair.isCut) to.write(bytes.subarray(left));
    });
    from.on("error", () => {});
    from.on("close", () => {
      if (pair.isCut && !from.destroyed) return;
      if (!pair.isCut) to.destroy();
      if (pair.peer.destroyed && pair.edge.destroyed) this.#pairs.delete(pair);
    });
  }
}
