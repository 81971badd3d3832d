/**
 * People at this edge: wired to what they may play, and welcomed by a link where there is no owner.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import type { Publish } from "../../base/events.ts";
import type { Log } from "../../base/log.ts";
import type { State } from "../../db/mod.ts";
import type { EdgePort } from "../../http/mod.ts";
import { createPeople, type PeopleOptions } from "../../people/mod.ts";

export interface PeopleRoleOptions {
  state: State;
  publish: Publish;
  log: Log;
  /** Titles, as soon as there is an edge. */
  edge(): Pick<EdgePort, "findTitle" | "tagsOf"> | undefined;
  /** What rules may speak of; anything, unless said. */
  knows?: PeopleOptions["knows"];
  /** Ends what plays and may not any more, whoever its viewer is. */
  endForbidden(reason: string): Promise<unknown>;
}

/** As whom the edge knows the person at this machine. */
const OWNER = "owner";

/** What may make a play one that is not allowed any more. */
const CHANGES = ["sharing.changed", "user.changed", "catalog.tagged", "edge.rejoined"];

export type PeopleRole = ReturnType<typeof openPeopleRole>;

export function openPeopleRole(options: PeopleRoleOptions) {
  const { state, publish, log, edge, knows, endForbidden } = options;
  const people = createPeople({ state, publish, log, knows });

  /** With a peer named, from just that one. */
  const mayPlay = async (viewer: string, catalogId: string, peerId?: string): Promise<boolean> => {
    if (viewer === OWNER) return true;
    const [who, title, said] = await Promise.all([
      people.sharing.viewerOf(viewer),
      findTitle(edge(), catalogId),
      edge()?.tagsOf([catalogId]),
    ]);
    if (!who || !title) return false;
    const tags = said?.get(catalogId) ?? new Map();
    const peerIds = [...new Set(title.replicas.map((it) => it.peer_id))];
    const { play, peerIds: from } = await people.sharing.judge(who, { catalogId, peerIds, tags });
    return play && (peerId === undefined || from.includes(peerId));
  };

  return {
    port: people,
    mayPlay,
    tidy: people.tidy,

    onEvent(type: string): void {
      if (!CHANGES.includes(type)) return;
      // Not when its grant is over, but now.
      endForbidden("not shared any more").catch((error) =>
        log.error("Cannot end what may not be played", { error })
      );
    },

    /** Until there is an owner, each start prints a link that makes their account. */
    welcome(url: string, print: (line: string) => void): void {
      const greet = async () => {
        if (await people.accounts.hasOwner()) return;
        const { token } = await people.invitations.createSetup({ name: "start" }, {
          keepOthers: true,
        });
        print(`Make the owner's account (once, within 24 hours): ${url}/setup#${token}`);
      };
      greet().catch((error) => log.warn("Cannot make the set-up link", { error }));
    },
  };
}

async function findTitle(edge: Pick<EdgePort, "findTitle"> | undefined, catalogId: string) {
  try {
    return await edge?.findTitle(catalogId);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
