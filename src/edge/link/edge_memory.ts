/**
 * What the link knows of the edges that it has been linked to, by what they are called.
 *
 * @module
 */
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
    const [oldest] = memories.keys();
    if (memories.size > MAX_EDGES) memories.delete(oldest!);
    return memory;
  };
}
