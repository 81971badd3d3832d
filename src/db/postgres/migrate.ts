/**
 * The migrations of an edge's database in PostgreSQL: all or nothing, one program at a time.
 *
 * @module
 */
import { FatalError } from "../../base/errors.ts";
import type { Client } from "./pool.ts";
import { translated } from "./sql.ts";
import { inTransaction, type Send } from "./transaction.ts";

/** Any number that nobody else locks by: "gigg". */
const LOCK = 0x67696767;

/** Brings the database to the newest version. @throws {FatalError} it is a newer program's */
export async function migratePostgres(client: Client, steps: string[]): Promise<void> {
  // Without a limit of ours: a migration takes as long as it takes.
  const send: Send = (on, text, values = []) => on.sql.unsafe(text, values).execute();
  await inTransaction(client, send, async (inside) => {
    const run = (text: string) => inside(text, []);
    await run("SET LOCAL statement_timeout = 0");
    // Another edge may be at it.
    await run(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await run(
      "CREATE TABLE IF NOT EXISTS edge_version (only_row BIGINT PRIMARY KEY, version BIGINT)",
    );
    await run("INSERT INTO edge_version VALUES (1, 0) ON CONFLICT DO NOTHING");
    const [row] = Array.from(await run("SELECT version FROM edge_version"));
    const version = Number((row as { version: number }).version);
    if (version > steps.length) {
      throw new FatalError(
        `Cannot open the edge's database: its version is ${version}, this program knows ` +
          `${steps.length}. Start the newer giggityflix, or name another in EDGE_DATABASE_URL`,
        { version },
      );
    }
    for (const step of steps.slice(version)) await run(translated(step));
    await run(`UPDATE edge_version SET version = ${steps.length}`);
  });
}
