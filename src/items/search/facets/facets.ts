/**
 * What a result is made of: how many of it have each tag, codec, decade, ... Counted over the result,
 * or over its newest FACETED where it is longer; the answer says which.
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";
import { commonCodec } from "../../../media/mod.ts";
import type { Readers } from "../../../db/mod.ts";
import { type Facet, type FacetName, facetNames, facetsOf } from "./store.ts";

export interface Facets {
  /** Over so many items of the result it was counted. */
  counted: number;
  /** The result has no more than that. */
  isExact: boolean;
  facets: Record<string, Facet[]>;
}

/** "all", or names with commas. @throws {InvalidError} no such facet */
export function readFacets(text: string): FacetName[] {
  if (text === "all" || text === "true") return [...facetNames];
  return text.split(",").map((it) => it.trim()).filter(Boolean).map((name) => {
    const found = facetNames.find((it) => it === name);
    if (found) return found;
    throw new InvalidError(`Cannot count "${name}": there are ${facetNames.join(", ")}`);
  });
}

/** Counts over these items. */
export async function countFacets(
  readers: Readers,
  names: readonly FacetName[],
  { seqs, isExact, user, signal }: {
    seqs: readonly number[];
    isExact: boolean;
    user: string;
    signal?: AbortSignal | undefined;
  },
): Promise<Facets> {
  const rows = await facetsOf(readers, names, { seqs, user, signal });
  return {
    counted: seqs.length,
    isExact,
    facets: Object.fromEntries(
      names.map((name) => {
        const facets = rows.filter(({ facet }) => facet === name).map(toFacet);
        return [name, name === "codec" || name === "audio" ? byCommonName(facets) : facets];
      }),
    ),
  };
}

function toFacet({ value, label, count }: Facet): Facet {
  return { value: String(value), label: String(label), count };
}

/** One for each codec, whatever name an older library has it under. */
function byCommonName(facets: Facet[]): Facet[] {
  const groups = Map.groupBy(facets, ({ value }) => commonCodec(value));
  return [...groups].map(([value, all]) => ({
    value,
    label: value,
    count: all.reduce((sum, { count }) => sum + count, 0),
  })).sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
}
