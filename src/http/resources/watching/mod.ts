/**
 * THE MAP: what a viewer asks of an edge, by the name in its address.
 *
 * @module
 */
import { absent } from "../../router.ts";
import { grants } from "./grants.ts";
import { ice } from "./ice.ts";
import type { WatchingPort } from "./port.ts";
import { streams } from "./streams.ts";
import { whep } from "./whep.ts";

export type { WatchingPort };

/** The edge's resources, or why this program has none. */
export function watchingResources(port: WatchingPort | string) {
  if (typeof port === "string") {
    return { streams: absent(port), whep: absent(port), ice: absent(port), grants: absent(port) };
  }
  return { streams: streams(port), whep: whep(port), ice: ice(port), grants: grants(port) };
}
