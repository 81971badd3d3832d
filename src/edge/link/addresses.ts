/**
 * Several edges, the best first: which there are, what each must show, and whether a better one is
 * there again.
 *
 * @module
 */
import { orAborted, pause } from "../../base/service.ts";

/** The addresses in a setting. */
export function parseAddresses(text: string): string[] {
  return [...new Set(text.split(",").map((it) => it.trim()).filter((it) => it !== ""))];
}

/**
 * The key that the edge at `address` must show: the one that was pinned there. Where several edges
 * are named and this is not one of those that were joined, that of the first which was: they are one
 * edge, with one key, or somebody has put another in its place.
 *
 * @param addresses all that are named, the best first
 * @param pins as `host:port=fingerprint`
 */
export function pinFor(
  address: string,
  addresses: readonly string[],
  pins: readonly string[],
): string | undefined {
  const at = (it: string) => pins.find(isPinOf(it))?.slice(it.length + 1);
  return at(address) ?? addresses.map(at).find((it) => it !== undefined);
}

/** Whether a pin is that of the edge at `address`. */
export const isPinOf = (address: string) => (pin: string): boolean => pin.startsWith(`${address}=`);

/** The edges that a peer names, the best first, and the keys of those that it has joined. */
export interface NamedEdges {
  addresses: readonly string[];
  /** As `host:port=fingerprint`. */
  pins: readonly string[];
}

/**
 * With an edge that was joined: behind the others, or where it stands already, unless `place` says
 * otherwise.
 */
export function withEdge(
  { addresses, pins }: NamedEdges,
  { address, fingerprint }: { address: string; fingerprint: string },
  place: "first" | "last" | "only" = "last",
): NamedEdges {
  const pin = `${address}=${fingerprint}`;
  if (place === "only") return { addresses: [address], pins: [pin] };
  const others = addresses.filter((it) => it !== address);
  const named = place === "first"
    ? [address, ...others]
    : addresses.includes(address)
    ? addresses
    : [...addresses, address];
  const isOld = isPinOf(address);
  const renewed = pins.map((it) => isOld(it) ? pin : it);
  const known = renewed.includes(pin) ? renewed : [...pins, pin];
  return asBefore({ addresses, pins: renewed }, { addresses: named, pins: known });
}

export function withoutEdge(edges: NamedEdges, address: string): NamedEdges {
  return asBefore(edges, {
    addresses: edges.addresses.filter((it) => it !== address),
    pins: edges.pins.filter((it) => !isPinOf(address)(it)),
  });
}

/** Where another one comes first, or goes: the key that one was to show is still the one it must. */
function asBefore(before: NamedEdges, { addresses, pins }: NamedEdges): NamedEdges {
  const kept = addresses.filter((it) => !pins.some(isPinOf(it))).flatMap((it) => {
    const key = pinFor(it, before.addresses, before.pins);
    return key && key !== pinFor(it, addresses, pins) ? [`${it}=${key}`] : [];
  });
  return { addresses, pins: [...pins, ...kept] };
}

export interface LookUpOptions {
  /** Whether a connection to the edge can be opened. */
  isThere(address: string, signal: AbortSignal): Promise<boolean>;
  everyMs: number;
  /** Looks in a row that must find it: an edge that comes and goes is not worth the move. */
  times: number;
  signal: AbortSignal;
}

/** Waits until one of the `better` addresses has been there for a while; undefined when aborted. */
export async function lookUp(
  better: readonly string[],
  { isThere, everyMs, times, signal }: LookUpOptions,
): Promise<string | undefined> {
  const found = new Map<string, number>();
  while (!signal.aborted && better.length > 0) {
    // Jittered: the peers that an edge has lost do not all come back in one moment.
    await pause(everyMs * (0.75 + Math.random() / 2), signal);
    for (const address of better) {
      const isFound = await orAborted(isThere(address, signal), signal);
      const count = isFound ? (found.get(address) ?? 0) + 1 : 0;
      if (signal.aborted) return undefined;
      found.set(address, count);
      if (count >= times) return address;
    }
  }
  return undefined;
}
