/**
 * How much one address, and all of them, may have open at a door: connections and streams; and how
 * often it may fail there. A connection without a stream is somebody who takes his time on purpose:
 * it ends.
 *
 * @module
 */
import type { Socket } from "node:net";
import { hostOf, isLoopback } from "../../../base/address.ts";
import type { Refusals } from "../refusals.ts";
import { TriesByAddress } from "../tries_by_address.ts";

export interface GateLimits {
  /** Connections of all addresses. */
  connections: number;
  perAddress: { connections: number; streams: number };
  /** How long a connection may be without an admitted stream; then it is cut. */
  idleMs: number;
  /** Programs of this machine are not counted, unless said. */
  countsLoopback: boolean;
  /** Calls that one connection may begin in a second. */
  callsPerSec: number;
  /** Streams of one address that may fail to be admitted in a minute. */
  failuresPerMin: number;
}

export const gateLimits: GateLimits = {
  connections: 20_000,
  perAddress: { connections: 100, streams: 100 },
  idleMs: 20_000,
  countsLoopback: false,
  callsPerSec: 100,
  failuresPerMin: 60,
};

/** A connection. */
export interface Guest {
  socket: Socket;
  host: string;
  streams: number;
  /** When it last had no stream. */
  idleSince: number;
  /** Calls in the second that began at `second`. */
  calls: number;
  second: number;
}

export class Gate {
  readonly #limits: GateLimits;
  readonly #refusals: Refusals;
  readonly #guests = new Map<string, Guest>();
  readonly #connections = new Map<string, number>();
  readonly #streams = new Map<string, number>();
  readonly #failed: TriesByAddress;
  #emptied = () => {};

  constructor(limits: Partial<GateLimits>, refusals: Refusals) {
    this.#limits = { ...gateLimits, ...limits };
    this.#failed = new TriesByAddress(this.#limits.failuresPerMin, 60_000);
    this.#refusals = refusals;
  }

  /** Whether the connection may stay; one that may not is cut. */
  accept(socket: Socket): boolean {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined) return false; // it has gone already
    const host = hostOf(`${remoteAddress}:${remotePort}`);
    const address = `${host}:${remotePort}`;
    const { connections, perAddress } = this.#limits;
    const ofHost = this.#connections.get(host) ?? 0;
    const reason = this.#guests.size >= connections
      ? `${connections} connections are open`
      : this.#counts(host) && ofHost >= perAddress.connections
      ? `${perAddress.connections} connections of this address are open`
      : undefined;
    if (reason) {
      this.#refusals.note("Connection refused", { address, reason });
      socket.destroy();
      return false;
    }
    this.#connections.set(host, ofHost + 1);
    const now = Date.now();
    const guest = { socket, host, streams: 0, idleSince: now, calls: 0, second: now };
    this.#guests.set(address, guest);
    socket.once("close", () => {
      this.#guests.delete(address);
      if (this.#guests.size === 0) this.#emptied();
      less(this.#connections, host);
    });
    return true;
  }

  /** Counts a call of `address` (host:port); why it may not be, if it may not. */
  call(address: string): string | undefined {
    const guest = this.#guests.get(keyOf(address));
    if (!guest || !this.#counts(guest.host)) return undefined;
    const now = Date.now();
    if (now - guest.second >= 1000) {
      guest.second = now;
      guest.calls = 0;
    }
    const { callsPerSec } = this.#limits;
    if (++guest.calls <= callsPerSec) return undefined;
    // Opening and resetting streams costs us more than it costs them.
    guest.socket.destroy();
    return `more than ${callsPerSec} calls a second`;
  }

  /** Counts a stream of `address` until `close`; why it may not be, if it may not. */
  open(address: string): string | undefined {
    const host = hostOf(address);
    const { failuresPerMin, perAddress: { streams: limit } } = this.#limits;
    if (this.#counts(host) && this.#failed.areTooMany(host)) {
      return `${failuresPerMin} streams of this address were not admitted in a minute`;
    }
    const open = this.#streams.get(host) ?? 0;
    if (this.#counts(host) && open >= limit) return `${limit} streams of this address are open`;
    this.#streams.set(host, open + 1);
    return undefined;
  }

  close(address: string): void {
    less(this.#streams, hostOf(address));
  }

  /** A stream of `address` was looked at, and was not admitted. */
  failed(address: string): void {
    this.#failed.note(hostOf(address));
  }

  /** The stream of `address` was admitted: until `left` its connection has a reason to be there. */
  admitted(address: string): Guest | undefined {
    const guest = this.#guests.get(keyOf(address));
    if (guest) guest.streams++;
    return guest;
  }

  left(guest: Guest | undefined): void {
    if (guest && --guest.streams === 0) guest.idleSince = Date.now();
  }

  /** Cuts the connections that nobody uses. */
  sweep(): void {
    const { idleMs } = this.#limits;
    for (const [address, { socket, streams, idleSince }] of this.#guests) {
      if (streams > 0 || Date.now() - idleSince <= idleMs) continue;
      this.#refusals.note("Connection cut", { address, reason: `${idleMs} ms without a stream` });
      socket.destroy();
    }
  }

  /** Resolves when nobody is connected any more, and after `ms` at the latest. */
  async emptied(ms: number): Promise<void> {
    if (this.#guests.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#emptied = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }

  /** Cuts all of them. */
  clear(): void {
    for (const { socket } of this.#guests.values()) socket.destroy();
  }

  #counts(host: string): boolean {
    return this.#limits.countsLoopback || !isLoopback(host);
  }
}

/** One key, however the socket writes an address of IPv4. */
function keyOf(address: string): string {
  return `${hostOf(address)}:${/\d+$/.exec(address)?.[0] ?? ""}`;
}

function less(counts: Map<string, number>, key: string): void {
  const count = (counts.get(key) ?? 0) - 1;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
