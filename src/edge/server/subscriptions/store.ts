/**
 * Who waits for what, and what they have been told.
 *
 * @module
 */
import type { State } from "../../../db/mod.ts";

export interface Subscription {
  id: string;
  /** Who asked: an account, or the name of a service. */
  owner: string;
  /** Either the title that is waited for … */
  catalogId?: string;
  /** … or a part of the titles that are. */
  query?: string;
  /** ISO 8601, as all times here. */
  createdAt: string;
  expiresAt: string;
  /** When it last found something; absent until it has. */
  matchedAt?: string;
}

export class SubscriptionStore {
  constructor(readonly state: State) {}

  async add(it: Subscription): Promise<void> {
    await this.state.run(
      `INSERT INTO subscriptions (id, owner, catalog_id, query, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
      ...[it.id, it.owner, it.catalogId ?? null, it.query ?? null, it.createdAt, it.expiresAt],
    );
  }

  async find(id: string, now: string): Promise<Subscription | undefined> {
    const sql = `SELECT ${columns} FROM subscriptions WHERE id = ? AND expires_at > ?`;
    const row = await this.state.get<Raw>(sql, id, now);
    return row && toSubscription(row);
  }

  /** In order of id, from just after `after`; of one owner, if that is given. */
  async page(
    { after, limit, owner }: { after: string; limit: number; owner?: string | undefined },
    now: string,
  ): Promise<Subscription[]> {
    const rows = await this.state.all<Raw>(
      `SELECT ${columns} FROM subscriptions WHERE id > ? AND expires_at > ?
       ${owner === undefined ? "" : "AND owner = ?"} ORDER BY id LIMIT ?`,
      ...[after, now, ...owner === undefined ? [] : [owner], limit],
    );
    return rows.map(toSubscription);
  }

  async prolong(id: string, expiresAt: string): Promise<void> {
    await this.state.run("UPDATE subscriptions SET expires_at = ? WHERE id = ?", expiresAt, id);
  }

  /** Whether there was one. */
  async remove(id: string): Promise<boolean> {
    return await this.state.run("DELETE FROM subscriptions WHERE id = ?", id) > 0;
  }

  /** Returns how many it removed. */
  expire(now: string): Promise<number> {
    return this.state.run("DELETE FROM subscriptions WHERE expires_at <= ?", now);
  }

  async count(owner?: string): Promise<number> {
    const where = owner === undefined ? "" : "WHERE owner = ?";
    const row = await this.state.get<{ count: number }>(
      `SELECT count(*) AS count FROM subscriptions ${where}`,
      ...owner === undefined ? [] : [owner],
    );
    return row?.count ?? 0;
  }

  /** Those that wait for one of these titles. */
  async forTitles(catalogIds: string[], now: string): Promise<Subscription[]> {
    const rows = await this.state.all<Raw>(
      `SELECT ${columns} FROM subscriptions
       WHERE catalog_id IN ${this.state.each} AND expires_at > ?`,
      JSON.stringify(catalogIds),
      now,
    );
    return rows.map(toSubscription);
  }

  /** Those that wait for words. */
  async withQuery(now: string): Promise<Subscription[]> {
    const sql = `SELECT ${columns} FROM subscriptions WHERE query IS NOT NULL AND expires_at > ?`;
    return (await this.state.all<Raw>(sql, now)).map(toSubscription);
  }

  /** Notes that it was told of these peers; returns those that it had not been told of. */
  tell(id: string, catalogId: string, peerIds: string[], now: string): Promise<string[]> {
    return this.state.transaction(async (tx) => {
      const rows = await tx.all<{ peerId: string }>(
        `INSERT INTO subscription_matches (subscription_id, catalog_id, peer_id)
         VALUES ${peerIds.map(() => "(?, ?, ?)").join(", ")}
         ON CONFLICT DO NOTHING RETURNING peer_id AS "peerId"`,
        ...peerIds.flatMap((peerId) => [id, catalogId, peerId]),
      );
      if (rows.length > 0) {
        await tx.run("UPDATE subscriptions SET matched_at = ? WHERE id = ?", now, id);
      }
      return rows.map(({ peerId }) => peerId);
    });
  }
}

const columns = `id, owner, catalog_id AS "catalogId", query, created_at AS "createdAt",
  expires_at AS "expiresAt", matched_at AS "matchedAt"`;

type Raw = { [Name in keyof Required<Subscription>]: string | null };

function toSubscription(row: Raw): Subscription {
  const known = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(known) as unknown as Subscription;
}
