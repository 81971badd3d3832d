/**
 * Commands in the state: from being given until long after their end.
 *
 * @module
 */
import type { State } from "../../../../db/mod.ts";
import { Together } from "../../together.ts";
import type { CommandAnswer, CommandPayload, CommandType } from "./kinds.ts";

export interface CommandRow {
  requestId: string;
  peerId: string;
  type: CommandType;
  payload: CommandPayload;
  state: "waiting" | "done" | "dead";
  attempts: number;
  /** The edge that sees to it. */
  owner: string;
  /** ISO 8601. */
  createdAt: string;
  /** Milliseconds since 1970. */
  deadlineAt: number;
  endedAt?: string;
  answers: CommandAnswer[];
  reason?: string;
}

export type NewCommand = Pick<
  CommandRow,
  "requestId" | "peerId" | "type" | "payload" | "owner" | "createdAt" | "deadlineAt"
>;

/** Commands that were done are kept so long, and so many; dead letters until somebody looks. */
const KEPT_MS = 24 * 3_600_000;
const MAX_DONE = 10_000;
const DEAD_MS = 30 * KEPT_MS;
const MAX_DEAD = 1000;

export class CommandStore {
  readonly #together: Together;

  constructor(readonly state: State) {
    this.#together = new Together(state);
  }

  /** Whether it is new. */
  async add(it: NewCommand, leaseUntil: number): Promise<boolean> {
    const added = await this.#together.run(
      `INSERT INTO commands
       (request_id, peer_id, type, payload, state, owner, lease_until, created_at, deadline_at)
       VALUES (?, ?, ?, ?, 'waiting', ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      it.requestId,
      it.peerId,
      it.type,
      JSON.stringify(it.payload),
      it.owner,
      leaseUntil,
      it.createdAt,
      it.deadlineAt,
    );
    return added > 0;
  }

  async find(requestId: string): Promise<CommandRow | undefined> {
    const sql = `SELECT ${columns} FROM commands WHERE request_id = ?`;
    const row = await this.state.get<RawRow>(sql, requestId);
    return row && toRow(row);
  }

  /** The newest first, from just before a place; dead letters only, or all. */
  async page(
    before: { createdAt: string; requestId: string } | undefined,
    limit: number,
    state: CommandRow["state"] | undefined,
  ): Promise<CommandRow[]> {
    const { createdAt = "~", requestId = "" } = before ?? {};
    const rows = await this.state.all<RawRow>(
      `SELECT ${columns} FROM commands WHERE (created_at, request_id) < (?, ?)
       ${state === undefined ? "" : "AND state = ?"}
       ORDER BY created_at DESC, request_id DESC LIMIT ?`,
      createdAt,
      requestId,
      ...state === undefined ? [] : [state],
      limit,
    );
    return rows.map(toRow);
  }

  /** Whether it was waiting until now. */
  async end(
    requestId: string,
    { state, answers, reason }: {
      state: "done" | "dead";
      answers: readonly CommandAnswer[];
      reason?: string | undefined;
    },
    attempts: number,
  ): Promise<boolean> {
    const ended = await this.#together.run(
      `UPDATE commands SET state = ?, answers = ?, reason = ?, attempts = attempts + ?,
       ended_at = ? WHERE request_id = ? AND state = 'waiting'`,
      state,
      JSON.stringify(answers),
      reason ?? null,
      attempts,
      new Date().toISOString(),
      requestId,
    );
    return ended > 0;
  }

  /** A dead letter waits again. Whether there was one. */
  async revive(
    requestId: string,
    owner: string,
    deadlineAt: number,
    leaseUntil: number,
  ): Promise<boolean> {
    const revived = await this.state.run(
      `UPDATE commands SET state = 'waiting', owner = ?, deadline_at = ?, lease_until = ?,
       ended_at = NULL, answers = NULL, reason = NULL WHERE request_id = ? AND state = 'dead'`,
      owner,
      deadlineAt,
      leaseUntil,
      requestId,
    );
    return revived > 0;
  }

  async remove(requestId: string): Promise<boolean> {
    const sql = "DELETE FROM commands WHERE request_id = ? AND state = 'dead'";
    return await this.state.run(sql, requestId) > 0;
  }

  /** These are still seen to by `owner`; until 0 they are not. */
  async lease(owner: string, until: number): Promise<void> {
    await this.state.run(
      "UPDATE commands SET lease_until = ? WHERE owner = ? AND state = 'waiting'",
      until,
      owner,
    );
  }

  /** Takes over what nobody sees to; and what `former` saw to, for that has ended. */
  async adopt(
    owner: string,
    until: number,
    limit: number,
    former?: string,
  ): Promise<CommandRow[]> {
    const isFree = `state = 'waiting' AND (lease_until < ? ${former ? "OR owner = ?" : ""})`;
    const values = former ? [Date.now(), former] : [Date.now()];
    const rows = await this.state.all<RawRow>(
      `UPDATE commands SET owner = ?, lease_until = ? WHERE ${isFree} AND request_id IN
       (SELECT request_id FROM commands WHERE ${isFree} ORDER BY created_at LIMIT ?)
       RETURNING ${columns}`,
      owner,
      until,
      ...values,
      ...values,
      limit,
    );
    return rows.map(toRow);
  }

  /** Forgets what is old, or too much. */
  async prune(now = Date.now()): Promise<void> {
    const rules = [["done", KEPT_MS, MAX_DONE], ["dead", DEAD_MS, MAX_DEAD]] as const;
    for (const [state, keptMs, max] of rules) {
      await this.state.run(
        `DELETE FROM commands WHERE state = ? AND (created_at < ? OR request_id IN
         (SELECT request_id FROM commands WHERE state = ?
          ORDER BY created_at DESC, request_id DESC LIMIT 100000 OFFSET ?))`,
        state,
        new Date(now - keptMs).toISOString(),
        state,
        max,
      );
    }
  }

  /** The name of what these edges keep together; made when it is first asked for. */
  async catalogue(): Promise<string> {
    await this.state.run(
      "INSERT INTO edge_facts (name, value) VALUES ('catalogue', ?) ON CONFLICT DO NOTHING",
      crypto.randomUUID(),
    );
    const sql = "SELECT value FROM edge_facts WHERE name = 'catalogue'";
    return (await this.state.get<{ value: string }>(sql))!.value;
  }
}

const columns = `request_id AS "requestId", peer_id AS "peerId", type, payload, state, attempts,
  owner, created_at AS "createdAt", deadline_at AS "deadlineAt", ended_at AS "endedAt", answers,
  reason`;

type RawRow = Omit<CommandRow, "payload" | "answers" | "endedAt" | "reason"> & {
  payload: string;
  answers: string | null;
  endedAt: string | null;
  reason: string | null;
};

function toRow({ payload, answers, endedAt, reason, ...row }: RawRow): CommandRow {
  return {
    ...row,
    deadlineAt: Number(row.deadlineAt),
    payload: JSON.parse(payload),
    answers: answers === null ? [] : JSON.parse(answers),
    ...endedAt !== null && { endedAt },
    ...reason !== null && { reason },
  };
}
