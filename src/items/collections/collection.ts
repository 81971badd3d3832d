/**
 * What a collection is: items in an order that somebody chose.
 *
 * @module
 */

export const collectionKinds = ["collection", "series"] as const;

export type CollectionKind = (typeof collectionKinds)[number];

export interface Collection {
  id: string;
  kind: CollectionKind;
  name: string;
  description: string | null;
  itemCount: number;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** An item's place; positions only grow, and have room between them. */
export interface Place {
  itemId: string;
  title: string;
  position: number;
}

/** A series as the items tell it: nobody keeps it by hand. */
export interface Series {
  name: string;
  items: number;
  seasons: number;
  firstYear: number | null;
  lastYear: number | null;
}

/** An episode of a series. */
export interface Episode {
  itemId: string;
  title: string;
  season: number | null;
  episode: number | null;
  year: number | null;
}
