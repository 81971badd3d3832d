/**
 * What can be had, who waits for it, and what is in danger: one room of the edge.
 *
 * @module
 */
import type { Publish } from "../../../base/events.ts";
import type { Log } from "../../../base/log.ts";
import type { State } from "../../../db/mod.ts";
import type { EdgeStore } from "../store.ts";
import { Subscriptions, SubscriptionStore } from "../subscriptions/mod.ts";
import { Availability } from "./availability.ts";

export interface AvailabilityRoom {
  availability: Availability;
  subscriptions: Subscriptions;
}

export interface RoomOptions {
  state: State;
  store: EdgeStore;
  edgeId: string;
  isOnline(peerId: string): boolean;
  publish: Publish;
  log: Log;
  graceMs?: number | undefined;
}

/** Titles that a new subscription is compared with at once. */
const MAX_LOOKED = 1000;

export function openAvailability(options: RoomOptions): AvailabilityRoom {
  const { state, store, edgeId, publish, log } = options;
  const look = async (catalogId: string | undefined, query: string | undefined) => {
    const titles = catalogId === undefined
      ? (await store.search({ sortTitle: "", catalogId: "" }, MAX_LOOKED, [query ?? ""])).rows
      : [];
    const ids = catalogId === undefined ? titles.map((it) => it.catalogId) : [catalogId];
    availability.touched("", ids);
  };
  const subscriptions = new Subscriptions(
    new SubscriptionStore(state),
    edgeId,
    publish,
    ({ id, catalogId, query }) => {
      look(catalogId, query).catch((error) =>
        log.warn("Cannot look for what is there", { id, error })
      );
    },
  );
  const availability = new Availability({ ...options, subscriptions });
  return { availability, subscriptions };
}
