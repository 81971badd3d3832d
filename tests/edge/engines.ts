/**
 * What keeps the state of an edge, for tests of what has to be the same on each: a SQLite in memory,
 * and a real PostgreSQL where there is one.
 *
 * @module
 */
import {
  migrations,
  openDatabase,
  openPostgresState,
  openSqliteState,
  type State,
} from "../../src/db/mod.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";

const server = hasPostgres ? await startPostgres() : undefined;

export interface Engine {
  name: "SQLite" | "PostgreSQL";
  /** It is not here. */
  ignore: boolean;
  /** A state of its own for each test. */
  open(): Promise<State>;
}

export const engines: readonly Engine[] = [
  {
    name: "SQLite",
    ignore: false,
    open: () => {
      const db = openDatabase(":memory:", migrations.edge);
      const close = () => Promise.resolve(db[Symbol.dispose]());
      return Promise.resolve({ ...openSqliteState(db), [Symbol.asyncDispose]: close });
    },
  },
  {
    name: "PostgreSQL",
    ignore: !server,
    open: async () => openPostgresState(await server!.database(), migrations.edge),
  },
];
