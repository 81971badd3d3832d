/**
 * What one edge asks of another: to ask a peer of it something, or tell it; and whether a peer is
 * alive there. Unlike commands these are for now only: nothing of it is kept.
 *
 * @module
 */
import { NotFoundError, UnavailableError } from "../../../../base/errors.ts";
import type { Case, EdgePayloads, GrantKey, PeerMessage } from "../../../messages.ts";
import type { Session, Sessions } from "../../sessions.ts";
import type { PeerReach } from "../../signalling/mod.ts";
import type { Bus } from "../bus/bus.ts";
import { questionsOf } from "../bus/topics.ts";

export interface QuestionsDeps {
  bus: Bus;
  edgeId: string;
  sessions: Sessions;
  /** What this edge's grants are signed with: a peer elsewhere must know it before it plays. */
  grantKeys(): Promise<GrantKey[]>;
  /** Makes sure that the peer knows these keys. */
  introduce(session: Session, keys: readonly GrantKey[]): Promise<void>;
  /** Whether the peer of this session lives; if not, the session is ended. */
  probe(session: Session): Promise<boolean>;
}

interface Question {
  what: "ask" | "tell" | "probe";
  "peer_id": string;
  payload?: Case<EdgePayloads>;
  ms?: number;
  "grant_keys"?: GrantKey[];
}

/** Longest that a peer may be asked. */
const MAX_MS = 60_000;
const TELL_MS = 5000;
const PROBE_MS = 6000;

export function createQuestions(deps: QuestionsDeps) {
  const { bus, edgeId, sessions, grantKeys, introduce, probe } = deps;

  const answer = async (question: Question): Promise<unknown> => {
    const { what, peer_id: peerId, payload, grant_keys: keys = [] } = question;
    const session = sessions.find(peerId);
    if (what === "probe") return { alive: session !== undefined && await probe(session) };
    if (!session || !payload) {
      throw new NotFoundError(`Peer "${peerId}" is not connected to edge "${edgeId}"`);
    }
    if (payload.case === "streamOpenRequest") await introduce(session, keys);
    if (what === "ask") return await session.ask(payload, Math.min(question.ms ?? TELL_MS, MAX_MS));
    await session.send(payload);
    return null;
  };

  return {
    answering: (): Disposable => bus.answer(questionsOf(edgeId), (it) => answer(it as Question)),

    /** A peer at another edge. */
    reach: (
      peerId: string,
      place: { edgeId: string; extensions: readonly string[] },
    ): PeerReach => ({
      peerId,
      extensions: place.extensions,
      async ask(payload, ms, signal) {
        const keys = payload.case === "streamOpenRequest" ? await grantKeys() : undefined;
        const question: Question = {
          what: "ask",
          "peer_id": peerId,
          payload,
          ms,
          ...keys && { "grant_keys": keys },
        };
        return await bus.ask(questionsOf(place.edgeId), question, ms, signal) as PeerMessage;
      },
      async send(payload) {
        const question: Question = { what: "tell", "peer_id": peerId, payload };
        await bus.ask(questionsOf(place.edgeId), question, TELL_MS);
      },
    }),

    /** Whether the peer lives at that edge. An edge that cannot be asked has no peers. */
    async lives(peerId: string, at: string): Promise<boolean> {
      const question: Question = { what: "probe", "peer_id": peerId };
      try {
        const { alive } = await bus.ask(questionsOf(at), question, PROBE_MS) as { alive: boolean };
        return alive;
      } catch (error) {
        if (error instanceof UnavailableError) return false;
        throw error;
      }
    },
  };
}

export type Questions = ReturnType<typeof createQuestions>;
