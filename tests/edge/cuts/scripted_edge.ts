/**
 * An edge that keeps what it is told, repeats a command until it is answered, and can be killed: only
 * the wire is ours. It is there to count.
 *
 * @module
 */
import { CatalogDigest } from "../../../src/edge/id_hash.ts";
import {
  type Case,
  edgeExtensions,
  type EdgePayloads,
  type PeerMessage,
} from "../../../src/edge/messages.ts";
import { type EdgeStream, type Grpc, openGrpc } from "../../../src/edge/proto.ts";
import { listening } from "../listening.ts";

export interface Request {
  payload: Case<EdgePayloads>;
  /** How many answers it wants. */
  wants: number;
}

/** What outlives the edge's process. */
export class EdgeLedger {
  readonly requests = new Map<string, Request>();
  /** What was answered, once each; and what came again. */
  readonly answers = new Map<string, string[]>();
  repeatedAnswers = 0;
  strangeAnswers = 0;
  readonly idOf = new Map<string, string>();
  held = new Set<string>();
  heldDigest = "";
  /** Lists that came to their end; and those among them that were known already. */
  lists = 0;
  listsAgain = 0;
  listsSpared = 0;
  ids = 0;
  progress = 0;
  hellos = 0;
  #wake = () => {};

  isDone(): boolean {
    return [...this.requests].every(([id, { wants }]) => this.answers.get(id)?.length === wants);
  }

  open(): [string, Request][] {
    return [...this.requests].filter(([id, { wants }]) => this.answers.get(id)?.length !== wants);
  }

  /** Resolves when `test` holds, after something has come. */
  async until(test: () => boolean, limitMs: number): Promise<boolean> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, limitMs);
    const end = performance.now() + limitMs;
    while (!test() && performance.now() < end) {
      await Promise.race([late.promise, new Promise<void>((resolve) => this.#wake = resolve)]);
    }
    clearTimeout(timer);
    return test();
  }

  wake(): void {
    this.#wake();
  }

  answer(requestId: string, payload: unknown): void {
    const said = JSON.stringify(payload);
    const before = this.answers.get(requestId) ?? [];
    if (!this.requests.has(requestId)) this.strangeAnswers++;
    if (before.includes(said)) this.repeatedAnswers++;
    else this.answers.set(requestId, [...before, said]);
  }

  hold(ids: Set<string>): void {
    const digest = new CatalogDigest();
    digest.add(ids);
    const text = `${digest.count}:${digest}`;
    this.lists++;
    if (text === this.heldDigest) this.listsAgain++;
    this.held = ids;
    this.heldDigest = text;
  }
}

export class ScriptedEdge {
  #stream: EdgeStream | undefined;
  #part: { requestId: string; ids: Set<string> } = { requestId: "", ids: new Set() };

  private constructor(
    readonly ledger: EdgeLedger,
    readonly port: number,
    readonly kill: () => void,
  ) {}

  static async open(ledger: EdgeLedger, grpc?: Grpc): Promise<ScriptedEdge> {
    const { lib, service } = grpc ?? await openGrpc();
    const server = new lib.Server();
    // deno-lint-ignore prefer-const -- the server has to listen first
    let edge: ScriptedEdge;
    server.addService(service, {
      asyncOperations: (stream: EdgeStream) => edge.#take(stream, new lib.Metadata()),
      webrtcOperations: () => {},
    });
    const port = await listening(server, lib);
    edge = new ScriptedEdge(ledger, port, () => server.forceShutdown());
    return edge;
  }

  /** Asks the peer, now if it is there, and again whenever it comes back, until it has answered. */
  ask(requestId: string, request: Request): void {
    this.ledger.requests.set(requestId, request);
    this.#say(this.#stream, requestId, request.payload);
  }

  #take(stream: EdgeStream, headers: Parameters<EdgeStream["sendMetadata"]>[0]): void {
    const before = this.#stream;
    this.#stream = stream;
    before?.emit("error", Object.assign(new Error("replaced"), { code: 14, details: "replaced" }));
    stream.sendMetadata(headers);
    stream.on("error", () => {});
    stream.on("end", () => stream.end());
    stream.on("data", (message) => {
      if ("undecodable" in message) throw new Error(message.undecodable);
      this.#receive(stream, message);
      this.ledger.wake();
    });
  }

  #say(stream: EdgeStream | undefined, requestId: string, payload?: Case<EdgePayloads>): void {
    stream?.write({ requestId, edgeId: "scripted", ...payload && { payload } });
  }

  #receive(stream: EdgeStream, { requestId, payload }: PeerMessage): void {
    if (!payload) return;
    const { ledger } = this;
    const receipt = () => this.#say(stream, requestId);
    switch (payload.case) {
      case "hello": {
        ledger.hellos++;
        const value = { version: 1, extensions: edgeExtensions, software: "", catalogue: "test" };
        this.#say(stream, requestId, { case: "hello", value });
        for (const [id, { payload }] of ledger.open()) this.#say(stream, id, payload);
        return;
      }
      case "ping":
        return receipt();
      case "batchFileOffer": {
        const files = payload.value.files.map(({ relativePath }) => {
          const catalogId = ledger.idOf.get(relativePath) ?? crypto.randomUUID();
          ledger.idOf.set(relativePath, catalogId);
          return { relativePath, catalogId };
        });
        return this.#say(stream, requestId, { case: "batchFileOfferResponse", value: { files } });
      }
      case "catalogDigest": {
        const { digest, count } = payload.value;
        const same = `${count}:${digest}` === ledger.heldDigest;
        if (same) ledger.listsSpared++;
        return this.#say(stream, requestId, { case: "catalogDigestAnswer", value: { same } });
      }
      case "catalogAnnouncement": {
        if (this.#part.requestId !== requestId) this.#part = { requestId, ids: new Set() };
        for (const id of payload.value.catalogIds) this.#part.ids.add(id);
        ledger.ids += payload.value.catalogIds.length;
        return;
      }
      case "announcementEnd":
        if (this.#part.requestId === requestId) ledger.hold(this.#part.ids);
        return receipt();
      case "fileHashProgress":
        ledger.progress++;
        return;
      case "fileDeleteResponse":
      case "fileHashResponse":
      case "commandResult":
        ledger.answer(requestId, payload);
        return receipt();
    }
  }
}
