/**
 * What an NFO file shall say of an item: what is known here, and of the former file what we have no
 * place for.
 *
 * @module
 */
import type { Nfo, NfoToWrite } from "../../../media/mod.ts";
import type { Item } from "../../items/row.ts";

export interface ItemWords {
  item: Item;
  /** Paths and names of its tags. */
  tags: { path: string; name: string }[];
  /** In the order of the credits. */
  credits: { name: string; role: string; creditedAs: string | null }[];
  /** The first collection that it is in. */
  set: string | undefined;
  /** Of the owner, 0.5 to 5. */
  stars: number | null;
  former: Nfo | undefined;
}

/** Genres are the tags below "genre", by name; other tags as they are called, too. */
export function describe({ item, tags, credits, set, stars, former }: ItemWords): NfoToWrite {
  const { title, originalTitle, year, description, season, episode, series, media } = item;
  const isEpisode = series !== null && episode !== null;
  const genres = tags.filter(({ path }) => path.startsWith("genre/")).map(({ name }) => name);
  const others = tags.filter(({ path }) => path !== "genre" && !path.startsWith("genre/"));
  const named = (role: string) => credits.filter((it) => it.role === role).map(({ name }) => name);
  const minutes = media?.durationMs
    ? Math.max(1, Math.round(media.durationMs / 60_000))
    : undefined;
  const kept = former && {
    ...former.premiered && { premiered: former.premiered },
    ...former.tagline && { tagline: former.tagline },
    ...former.studios && { studios: former.studios },
    ...former.uniqueIds && { uniqueIds: former.uniqueIds },
    ...former.ratings && { ratings: former.ratings },
    ...former.urls && { urls: former.urls },
  };
  return {
    ...kept,
    kind: former && former.kind !== "unknown"
      ? former.kind
      : isEpisode
      ? "episodedetails"
      : "movie",
    title,
    ...originalTitle !== null && { originalTitle },
    ...year !== null && { year },
    ...description !== null && { plot: description },
    ...series !== null && { showTitle: series },
    ...season !== null && { season },
    ...episode !== null && { episode },
    ...minutes !== undefined && { runtimeMinutes: minutes },
    ...stars !== null && { userRating: stars * 2 },
    ...set !== undefined && { set },
    genres,
    tags: others.map(({ name }) => name),
    directors: named("director"),
    credits: named("writer"),
    actors: credits.filter((it) => it.role === "actor").map(({ name, creditedAs }, order) => ({
      name,
      ...creditedAs !== null && { role: creditedAs },
      order,
    })),
  };
}
