/**
 * Several edges: real processes on one PostgreSQL and one nats-server, and peers that know them all.
 *
 * @module
 */
import { say } from "../../helpers/say.ts";
import { type RunningAgent, startAgent, theProgram } from "../../helpers/agent.ts";
import { hasNats, type NatsServer, startNats } from "../../helpers/nats.ts";
import { freePort } from "../../helpers/port.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../../helpers/postgres.ts";
import { tempDir } from "../../helpers/temp.ts";
import { MapLibrary, startLink, until } from "../rig.ts";

export const hasGround = hasNats && hasPostgres;

export interface EdgeProcess extends AsyncDisposable {
  id: string;
  /** host:port for peers. */
  address: string;
  agent: RunningAgent;
  get<T>(path: string): Promise<T>;
  post(path: string, body: unknown): Promise<Response>;
}

export interface Command {
  id: string;
  state: "waiting" | "done" | "dead";
  attempts: number;
  answers: { success?: boolean; catalog_id?: string; hashes?: Record<string, string> }[];
}

export interface EdgeSetup {
  id: string;
  database: string;
  bus: string;
  /** Where it listens for peers; a free port unless said. */
  host?: string;
  /** Put in front of its command line. */
  wrap?: string[];
}

/** The edge alone, in a process of its own. */
export async function startEdgeProcess(
  { id, database, bus, host = "127.0.0.1", wrap = [] }: EdgeSetup,
): Promise<EdgeProcess> {
  const dir = await tempDir();
  const address = `${host}:${freePort()}`;
  const { env, ...program } = theProgram();
  const [command = program.command, ...args] = [...wrap, program.command, ...program.args];
  const agent = await startAgent({
    role: "edge",
    dataDir: dir.path,
    program: { command, args, ...env && { env } },
    env: {
      EDGE_ID: id,
      EDGE_DATABASE_URL: database,
      EDGE_BUS_URL: bus,
      GRPC_SERVER_ADDRESS: address,
      ALLOW_UNSIGNED_PEERS: "always",
    },
  });
  return {
    id,
    address,
    agent,
    get: (path) => agent.get(path),
    post: (path, body) =>
      fetch(agent.url + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    async [Symbol.asyncDispose]() {
      if (Deno.env.get("TEST_LOG")) say(`--- ${id}\n${agent.output()}`);
      await agent[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** A peer that counts what it does. */
export class CountingLibrary extends MapLibrary {
  readonly forgotten = new Map<string, number>();

  override forget(catalogId: string) {
    this.forgotten.set(catalogId, (this.forgotten.get(catalogId) ?? 0) + 1);
    super.forget(catalogId);
  }
}

export function startPeer(peerId: string, edges: EdgeProcess[], files: number) {
  const paths = Array.from({ length: files }, (_, n) => `${peerId}-${n}.mp4`);
  const library = new CountingLibrary(...paths);
  const link = startLink(edges.map(({ address }) => address).join(","), library, {
    settings: { peerId, heartbeatSec: 1, timeoutSec: 1, reconnectIntervalSec: 0.5 },
    // It stays where it is once it has moved.
    timing: { lookUpMs: 600_000, lookUps: 3, helloMs: 1000 },
  });
  const at = () => edges.find(({ address }) => address === link.link.state().address)!;
  return { peerId, library, ...link, at, [Symbol.asyncDispose]: link.stop };
}

export interface Ground extends AsyncDisposable {
  postgres: PostgresServer;
  nats: NatsServer;
  database: string;
}

export async function startGround(): Promise<Ground> {
  const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  const database = await postgres.database();
  return {
    postgres,
    nats,
    database,
    async [Symbol.asyncDispose]() {
      await nats[Symbol.asyncDispose]();
      await postgres[Symbol.asyncDispose]();
    },
  };
}

/** Gives a command, again under the same id until it is taken; an edge may be without its state. */
export async function give(
  edge: EdgeProcess,
  peerId: string,
  words: Record<string, unknown>,
): Promise<string> {
  const id = crypto.randomUUID();
  await until(
    async () => {
      const body = { ...words, "request_id": id, "deadline_sec": 40 };
      const response = await edge.post(`/api/peers/${peerId}/commands/`, body);
      const text = await response.text();
      if (response.status < 500 && response.status !== 202) throw new Error(text);
      return response.status === 202;
    },
    `a command for ${peerId} to be taken`,
    20_000,
  );
  return id;
}

/** What became of a command, as another edge may know it too. */
export function ended(edge: EdgeProcess, id: string, limitMs = 30_000): Promise<Command> {
  return until(
    async () => {
      const command = await edge.get<Command>(`/api/commands/${id}`).catch(() => undefined);
      return command && command.state !== "waiting" && command;
    },
    `the end of command ${id}`,
    limitMs,
  );
}

/** Peers that an edge knows to be online. */
export async function online(edge: EdgeProcess): Promise<string[]> {
  const { items } = await edge.get<{ items: { peer_id: string; online: boolean }[] }>(
    "/api/peers/?limit=100",
  );
  return items.filter((it) => it.online).map((it) => it.peer_id);
}
