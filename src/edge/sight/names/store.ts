/**
 * The names by which titles and copies are found and sorted, without capitals and accents: those that
 * were kept with their accents are written anew, once.
 *
 * @module
 */
import { turn } from "../../../base/event_loop.ts";
import type { Log } from "../../../base/log.ts";
import { plain } from "../../../base/text/plain.ts";
import type { State, StateValue } from "../../../db/mod.ts";
import { titleOf } from "../../server/catalog_item.ts";

/** Rows of one step: what comes meanwhile waits for no more than that. */
const STEP = 500;

interface Named {
  title: string | null;
  sortTitle: string;
}

/** Goes on until all are plain, or `signal` aborts; then, or if it fails, the next start goes on. */
export async function makeNamesPlain(state: State, log: Log, signal: AbortSignal): Promise<void> {
  try {
    await makePlain(state, signal);
  } catch (error) {
    log.warn("Cannot write old names without their accents: done at the next start", { error });
  }
}

async function makePlain(state: State, signal: AbortSignal): Promise<void> {
  const done = "SELECT value FROM edge_facts WHERE name = 'plain_names'";
  if (await state.get(done)) return;
  await each<Named & { id: string }>(state, signal, {
    table: "titles",
    keys: { id: "catalog_id" },
    nameOf: ({ title }) => title ?? "",
  });
  await each<Named & { peerId: string; path: string }>(state, signal, {
    table: "replicas",
    keys: { peerId: "peer_id", path: "relative_path" },
    nameOf: ({ title, path }) => title ?? titleOf(path),
  });
  if (signal.aborted) return;
  await state.run(
    "INSERT INTO edge_facts (name, value) VALUES ('plain_names', ?) ON CONFLICT DO NOTHING",
    new Date().toISOString(),
  );
}

async function each<Row extends Named>(
  state: State,
  signal: AbortSignal,
  { table, keys, nameOf }: {
    table: string;
    keys: Record<Exclude<keyof Row, keyof Named>, string>;
    nameOf(row: Row): string;
  },
): Promise<void> {
  const names = Object.keys(keys) as (keyof Row & keyof typeof keys)[];
  const columns = names.map((it) => keys[it]);
  const selected = names.map((it) => `${keys[it]} AS "${String(it)}"`).join(", ");
  const marks = columns.map(() => "?").join(", ");
  const keyOf = (row: Row) => names.map((it) => row[it] as StateValue);
  const page = `SELECT ${selected}, title, sort_title AS "sortTitle" FROM ${table}
    WHERE (${columns.join(", ")}) > (${marks}) ORDER BY ${columns.join(", ")} LIMIT ${STEP}`;
  const isKey = columns.map((it) => `${it} = ?`).join(" AND ");
  // Who has been given another name meanwhile has a plain one.
  const change = `UPDATE ${table} SET sort_title = ? WHERE ${isKey} AND sort_title = ?`;
  for (let after: StateValue[] = names.map(() => ""); !signal.aborted;) {
    const rows = await state.all<Row>(page, ...after);
    const last = rows.at(-1);
    if (!last) return;
    const stale = rows.filter((row) => row.sortTitle !== plain(nameOf(row)));
    if (stale.length > 0) {
      await state.transaction(async (tx) => {
        for (const row of stale) {
          await tx.run(change, plain(nameOf(row)), ...keyOf(row), row.sortTitle);
        }
      });
    }
    after = keyOf(last);
    await turn();
  }
}
