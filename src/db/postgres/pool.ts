/**
 * A bounded number of connections to one PostgreSQL, by the library `postgres`. Its own transactions
 * bring the program down when their connection is lost, so each of ours has a client to itself.
 *
 * @module
 */
import { Socket } from "node:net";
import type postgres from "postgres";
import type { Sql } from "postgres";
import { FatalError } from "../../base/errors.ts";

export interface Pool extends Client {
  /** host:port, which may be said. */
  place: string;
  /** A client with one connection, for a transaction; who comes when all are taken waits. */
  take(): Promise<Client>;
  give(client: Client): void;
}

export interface Client {
  sql: Sql;
  /** How often a connection of it was lost or closed. */
  readonly losses: number;
  /** Cuts its connections: what is on its way fails, what comes makes new ones. */
  drop(): void;
  /** What is on its way is finished first, for a moment. */
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Connections at most, a half of them for transactions. */
  max: number;
  /** Milliseconds that a statement may take. */
  timeoutMs: number;
}

/** Seconds in which a connection is to be made. */
const CONNECT_SEC = 5;
/** Seconds after which a connection that nobody needs is closed. */
const IDLE_SEC = 60;
const CLOSE_SEC = 2;

/** Connects at the first statement. @throws {FatalError} `url` is none of PostgreSQL's */
export function openPool(library: typeof postgres, url: string, options: PoolOptions): Pool {
  const { place, ...way } = placeOf(url);
  const half = Math.ceil(options.max / 2);
  const clients: Client[] = [];
  const idle: Client[] = [];
  const waiting: ((client: Client) => void)[] = [];
  const main = openClient(library, url, way, { ...options, max: half });
  return {
    place,
    sql: main.sql,
    get losses() {
      return main.losses;
    },
    drop: () => main.drop(),
    take() {
      const free = idle.pop();
      if (free) return Promise.resolve(free);
      if (clients.length >= half) return new Promise((resolve) => waiting.push(resolve));
      const client = openClient(library, url, way, { ...options, max: 1, isReadOnly: true });
      clients.push(client);
      return Promise.resolve(client);
    },
    give(client) {
      const next = waiting.shift();
      if (next) next(client);
      else idle.push(client);
    },
    async close() {
      await Promise.all([main, ...clients].map((it) => it.close()));
    },
  };
}

interface ClientOptions extends PoolOptions {
  /** A statement that comes too late for its transaction must not be done by itself. */
  isReadOnly?: boolean;
}

function openClient(
  library: typeof postgres,
  url: string,
  { host, port, path }: Way,
  { max, timeoutMs, isReadOnly = false }: ClientOptions,
): Client {
  const sockets = new Set<Socket>();
  let losses = 0;
  const options = {
    "fetch_types": false,
    "connect_timeout": CONNECT_SEC,
    "idle_timeout": IDLE_SEC,
    "keep_alive": 10,
    max,
    onnotice: () => {},
    onclose: () => void losses++,
    backoff: () => 0.05,
    connection: {
      "application_name": "giggityflix",
      "statement_timeout": Math.ceil(timeoutMs * 0.75),
      "idle_in_transaction_session_timeout": 60_000,
      ...isReadOnly && { "default_transaction_read_only": true },
    },
    // BIGINT and what its sums are: whole numbers as JavaScript has them.
    types: { bigint: { to: 20, from: [20, 1700], parse: Number, serialize: String } },
    // A socket of ours can be cut; what is written before it is connected waits.
    socket: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      if (path) socket.connect(path);
      else socket.connect({ port, host });
      socket.setNoDelay(true);
      return Promise.resolve(Object.assign(socket, { host, port }));
    },
  };
  const sql = library(url, options as postgres.Options<Record<string, postgres.PostgresType>>);
  return {
    sql,
    get losses() {
      return losses;
    },
    drop() {
      // With an error, or the library sends what failed once more.
      const error = Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
      for (const socket of sockets) socket.destroy(error);
    },
    close: () => sql.end({ timeout: CLOSE_SEC }),
  };
}

interface Way {
  host: string;
  port: number;
  path: string | undefined;
}

function placeOf(text: string): Way & { place: string } {
  // What URL itself would complain with shows all of it, and so the password.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    const form = "postgres://user:password@host:port/database";
    throw new FatalError(`Cannot use EDGE_DATABASE_URL: it is not like ${form}`);
  }
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1") || "localhost";
  const port = Number(url.port || 5432);
  const path = host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : undefined;
  return { host, port, path, place: path ?? `${host.includes(":") ? `[${host}]` : host}:${port}` };
}
