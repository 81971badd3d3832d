/**
 * Which key a peer id belongs to, who is revoked, and the invitations that are open.
 *
 * @module
 */
import type { State, Statements } from "../../db/mod.ts";
import type { PinKind } from "./joining/pins.ts";
import { fingerprintOf } from "./keys.ts";

export interface Identity {
  peerId: string;
  /** Base64url; null for a peer that was revoked and never had one. */
  publicKey: string | null;
  fingerprint: string | null;
  /** How it came in: with a PIN or a token, or first seen where unsigned peers may come. */
  origin: PinKind | "seen" | null;
  enrolledAt: string | null;
  revokedAt: string | null;
}

export interface Enrolment {
  id: string;
  kind: PinKind;
  attempts: number;
  createdAt: string;
  expiresAt: string;
}

export interface NewEnrolment extends Enrolment {
  selector: string;
  /** scrypt of the PIN, hexadecimal. */
  secret: string;
}

const IDENTITY = `SELECT peer_id AS "peerId", public_key AS "publicKey", fingerprint, origin,
  enrolled_at AS "enrolledAt", revoked_at AS "revokedAt" FROM identities`;

/** Of a peer: its name is asked for twice. One without a key shares none. */
const SAME_KEY = `peer_id = ? OR
  fingerprint = (SELECT fingerprint FROM identities WHERE peer_id = ?)`;

const OPEN = "edge_fingerprint = ? AND used_at IS NULL AND expires_at > ?";

/** `edge` is the fingerprint of the edge whose invitations these are. */
export class IdentityStore {
  constructor(readonly state: State, readonly edge: string) {}

  find(peerId: string): Promise<Identity | undefined> {
    return this.state.get<Identity>(`${IDENTITY} WHERE peer_id = ?`, peerId);
  }

  /** Those of `peerIds` that there are. */
  among(peerIds: string[]): Promise<Identity[]> {
    const sql = `${IDENTITY} WHERE peer_id IN ${this.state.each}`;
    return this.state.all<Identity>(sql, JSON.stringify(peerIds));
  }

  /** The peer's name, and all others that its key has. */
  async namesOf(peerId: string): Promise<string[]> {
    const sql = `SELECT peer_id AS "peerId" FROM identities WHERE ${SAME_KEY}`;
    return namesIn(await this.state.all(sql, peerId, peerId));
  }

  /** Whether the key was revoked, under whatever name. */
  async isRevoked(publicKey: string): Promise<boolean> {
    const sql = "SELECT 1 AS one FROM identities WHERE fingerprint = ? AND revoked_at IS NOT NULL";
    return await this.state.get(sql, fingerprintOf(publicKey)) !== undefined;
  }

  /** Names that were revoked since then, and all others of their keys. */
  async revokedSince(time: string): Promise<string[]> {
    const sql = `SELECT peer_id AS "peerId" FROM identities WHERE revoked_at >= ?
      UNION SELECT other.peer_id FROM identities gone
      JOIN identities other ON other.fingerprint = gone.fingerprint WHERE gone.revoked_at >= ?`;
    return namesIn(await this.state.all(sql, time, time));
  }

  /** Gives the id to the key, unless it has one. Whose it is now says `find`. */
  async enrol(peerId: string, publicKey: string, origin: PinKind | "seen"): Promise<void> {
    await enrol(this.state, peerId, publicKey, origin);
  }

  /** With every name of its key. @returns those that were not revoked before */
  async revoke(peerId: string, now: string): Promise<string[]> {
    return await this.state.transaction(async (tx) => {
      await tx.run(
        "INSERT INTO identities (peer_id) VALUES (?) ON CONFLICT (peer_id) DO NOTHING",
        peerId,
      );
      const sql = `UPDATE identities SET revoked_at = ? WHERE revoked_at IS NULL AND (${SAME_KEY})
        RETURNING peer_id AS "peerId"`;
      return namesIn(await tx.all(sql, now, peerId, peerId));
    });
  }

  /** With every name of its key. @returns those that were revoked */
  async restore(peerId: string): Promise<string[]> {
    const sql = `UPDATE identities SET revoked_at = NULL
      WHERE revoked_at IS NOT NULL AND (${SAME_KEY}) RETURNING peer_id AS "peerId"`;
    return namesIn(await this.state.all(sql, peerId, peerId));
  }

  /** The id belongs to no key any more: whoever brings a PIN may have it. */
  async forgetKey(peerId: string): Promise<boolean> {
    const sql = `UPDATE identities
      SET public_key = NULL, fingerprint = NULL, origin = NULL, enrolled_at = NULL
      WHERE peer_id = ? AND public_key IS NOT NULL`;
    return await this.state.run(sql, peerId) > 0;
  }

  /** Invitations that can be used. */
  openEnrolments(now: string): Promise<Enrolment[]> {
    return this.state.all<Enrolment>(
      `SELECT enrolment_id AS "id", kind, attempts, created_at AS "createdAt", expires_at AS "expiresAt"
       FROM enrolments WHERE ${OPEN} ORDER BY created_at, enrolment_id`,
      this.edge,
      now,
    );
  }

  /** Nothing while its selector is another's. */
  async addEnrolment(it: NewEnrolment): Promise<boolean> {
    const { id, kind, selector, secret, attempts, createdAt, expiresAt } = it;
    return await this.state.transaction(async (tx) => {
      // What is over is of no use to anybody, least of all its secret.
      await tx.run("DELETE FROM enrolments WHERE expires_at <= ?", createdAt);
      const taken = await tx.get(
        `SELECT 1 AS one FROM enrolments WHERE ${OPEN} AND selector = ?`,
        this.edge,
        createdAt,
        selector,
      );
      if (taken) return false;
      await tx.run(
        `INSERT INTO enrolments (enrolment_id, kind, selector, edge_fingerprint, secret, attempts,
           created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        kind,
        selector,
        this.edge,
        secret,
        attempts,
        createdAt,
        expiresAt,
      );
      return true;
    });
  }

  async removeEnrolment(id: string, now: string): Promise<boolean> {
    const sql = `DELETE FROM enrolments WHERE enrolment_id = ? AND ${OPEN}`;
    return await this.state.run(sql, id, this.edge, now) > 0;
  }

  /** Counts an attempt, and gives what it is tried with; nothing when there is no such PIN. */
  async attempt(
    selector: string,
    limit: number,
    now: string,
  ): Promise<{ id: string; secret: string } | undefined> {
    const rows = await this.state.all<{ id: string; secret: string }>(
      `UPDATE enrolments SET attempts = attempts + 1
       WHERE ${OPEN} AND selector = ? AND attempts < ? RETURNING enrolment_id AS "id", secret`,
      this.edge,
      now,
      selector,
      limit,
    );
    return rows[0];
  }

  /** Uses the invitation up for this peer; false when it was used before or is over. */
  async useEnrolment(
    id: string,
    { peerId, publicKey }: { peerId: string; publicKey: string },
    now: string,
  ): Promise<boolean> {
    return await this.state.transaction(async (tx) => {
      const used = await tx.get<{ kind: PinKind }>(
        `UPDATE enrolments SET used_at = ?, used_by = ?, secret = ''
         WHERE enrolment_id = ? AND ${OPEN} RETURNING kind`,
        now,
        peerId,
        id,
        this.edge,
        now,
      );
      if (used) await enrol(tx, peerId, publicKey, used.kind);
      return used !== undefined;
    });
  }
}

function namesIn(rows: { peerId: string }[]): string[] {
  return rows.map(({ peerId }) => peerId);
}

async function enrol(
  on: Statements,
  peerId: string,
  publicKey: string,
  origin: PinKind | "seen",
): Promise<void> {
  await on.run(
    `INSERT INTO identities (peer_id, public_key, fingerprint, origin, enrolled_at)
     VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (peer_id) DO UPDATE SET public_key = excluded.public_key,
       fingerprint = excluded.fingerprint, origin = excluded.origin,
       enrolled_at = excluded.enrolled_at
     WHERE identities.public_key IS NULL`,
    peerId,
    publicKey,
    fingerprintOf(publicKey),
    origin,
    new Date().toISOString(),
  );
}
