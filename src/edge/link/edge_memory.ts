/**
 * What the link knows of the edges that it has been linked to, by what they are called.
 *
 * @module
 */
import { dropOldest } from "../../base/bounded/oldest.ts";
import { SeenTexts } from "../id_hash.ts";
import type { OutboxStore } from "./outbox/store.ts";

export interface EdgeMemory {
  /** What the edge was told of files, and has confirmed. */
  told: SeenTexts;
  /** Digest of all that it was told once it was told all; kept by the database. */
  described(): string | undefined;
  saveDescribed(digest: string): void;
}

/** More edges than a person has; the oldest is told everything again. */
const MAX_EDGES = 4;

export function edgeMemories(store: OutboxStore): (edge: string) => EdgeMemory {
  const memories = new Map<string, EdgeMemory>();
  return (edge) => {
    const known = memories.get(edge);
    if (known) return known;
    const memory: EdgeMemory = {
      told: new SeenTexts(),
      described: () => store.fact(edge, "described"),
      saveDescribed: (digest) => void store.saveFact(edge, "described", digest),
    };
    memories.set(edge, memory);
    dropOldest(memories, MAX_EDGES);
    return memory;
  };
}

/** Addresses where an edge has said hello, so that its silence means something; on disk. */
export interface Greeters {
  has(address: string): boolean;
  add(address: string): void;
  delete(address: string): void;
}

export function keptGreeters(store: OutboxStore): Greeters {
  const known = new Map<string, boolean>();
  const has = (address: string) => {
    const is = known.get(address) ?? store.fact(address, "greets") === "yes";
    known.set(address, is);
    return is;
  };
  const save = (address: string, is: boolean) => {
    if (has(address) !== is) store.saveFact(address, "greets", is ? "yes" : "no");
    known.set(address, is);
  };
  return { has, add: (address) => save(address, true), delete: (address) => save(address, false) };
}
