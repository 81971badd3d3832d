/**
 * The orders of a result: what is compared, and by which index a long one is walked.
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";

export interface Order {
  /** Of a row `f` of item_facts; its index has `seq` for those that are equal. */
  key: string;
  /** 0 is what is not known: it comes last, both ways. */
  hasUnknown?: true;
  help: string;
}

/** By their own key; "relevance", "random" and "rating" are made in another way. */
export const orders = {
  title: { key: "f.title_key", help: "by title, without a leading article" },
  added: { key: "f.seq", help: "by when it came into the library" },
  year: { key: "f.year", hasUnknown: true, help: "by the year it came out" },
  duration: { key: "f.duration_ms", hasUnknown: true, help: "by length" },
  size: { key: "f.size_bytes", hasUnknown: true, help: "by the size of the file" },
} satisfies Record<string, Order>;

export type OrderName = keyof typeof orders;

export type Sort =
  | { by: OrderName; descending: boolean }
  | { by: "rating"; descending: boolean }
  | { by: "relevance" }
  | { by: "random"; seed: number };

/** Numbers that are spread over all items, the same each time: 32 bits of the golden ratio. */
export const SHUFFLED = "f.seq * 2654435761 & 4294967295";
const SHUFFLED_MAX = 4294967295;

export const sortHelp = {
  relevance: "the best match first; the default where words are searched",
  ...Object.fromEntries(Object.entries(orders).map(([name, { help }]) => [name, help])),
  rating: "by your stars",
  "random:SEED": "another order for each number SEED",
};

/**
 * "title", "-added", "random:7". @throws {InvalidError} none of the orders
 *
 * @param hasText words are searched: the best match comes first unless something else is said
 */
export function readSort(text: string | undefined, hasText: boolean): Sort {
  if (!text) return hasText ? { by: "relevance" } : { by: "added", descending: true };
  const [, minus, name, seed] = /^(-?)([a-z]+)(?::(\d{1,9}))?$/.exec(text) ?? [];
  const descending = minus === "-";
  if (name === "random" && !descending) {
    return { by: "random", seed: Math.imul(Number(seed ?? 1), 0x9e3779b1) >>> 0 & SHUFFLED_MAX };
  }
  if (seed === undefined) {
    if (name === "relevance" && !descending) return { by: "relevance" };
    if (name === "rating" || name! in orders) return { by: name as OrderName, descending };
  }
  throw new InvalidError(
    `Cannot sort by "${text}": there are ${Object.keys(sortHelp).join(", ")}, and -year and the ` +
      "like for the other way round",
  );
}
