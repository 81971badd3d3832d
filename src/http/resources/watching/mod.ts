/**
 * THE MAP: what a viewer asks of an edge, by the name in its address.
 *
 * @module
 */
import { absent } from "../../router.ts";
import { grants } from "./grants.ts";
import { ice } from "./ice.ts";
import type { ViewersPort, WatchingPort } from "./port.ts";
import { streams } from "./streams.ts";
import { whep } from "./whep.ts";

export type { ViewersPort, WatchingPort };

/**
 * The edge's resources, or why this program has none. A peer whose edge is elsewhere may have viewers
 * of its own.
 */
export function watchingResources(port: WatchingPort | string, own?: ViewersPort) {
  const viewers = typeof port === "string" ? own ?? port : port;
  return {
    ...typeof viewers === "string"
      ? { streams: absent(viewers), whep: absent(viewers), ice: absent(viewers) }
      : { streams: streams(viewers), whep: whep(viewers), ice: ice(viewers) },
    grants: typeof port === "string" ? absent(port) : grants(port),
  };
}
