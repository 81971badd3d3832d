/**
 * The elements of an NFO file, and the fields of ours that they stand for.
 *
 * @module
 */
import type { Nfo, NfoActor } from "../details.ts";

/** As the parser gives it: children by name, attributes with "@", its own text as "#text". */
export interface Element {
  [child: string]: (Element | string)[] | undefined;
}

const MAX_TEXT = 20_000;
const MAX_ENTRIES = 500;

/** What an element `movie`, `episodedetails` or `tvshow` says. */
export function toNfo(element: Element): Omit<Nfo, "path" | "modifiedMs" | "kind"> {
  const one = (name: string) => textOf(element[name]?.[0]);
  const many = (...names: string[]) => {
    const texts = names.flatMap((name) => element[name] ?? []).slice(0, MAX_ENTRIES).map(textOf);
    return [...new Set(texts.filter((it) => it !== undefined))];
  };
  const whole = (name: string, most: number) => numberOf(one(name), most);
  const premiered = dateOf(one("premiered") ?? one("aired") ?? one("releasedate"));
  return defined({
    title: one("title"),
    originalTitle: one("originaltitle"),
    sortTitle: one("sorttitle"),
    year: whole("year", 9999) || (premiered ? Number(premiered.slice(0, 4)) : undefined),
    premiered,
    plot: one("plot") ?? one("outline"),
    tagline: one("tagline"),
    season: whole("season", 9999),
    episode: whole("episode", 99_999),
    showTitle: one("showtitle"),
    runtimeMinutes: whole("runtime", 100_000),
    genres: many("genre").flatMap((it) => it.split(/\s+\/\s+|\s*\|\s*/)).filter((it) => it !== ""),
    tags: many("tag"),
    actors: actorsOf(element),
    directors: many("director"),
    credits: many("credits", "writer"),
    studios: many("studio"),
    set: setOf(element["set"]?.[0]),
    userRating: within(Number(one("userrating") || NaN), 0, 10),
    ratings: ratingsOf(element),
    uniqueIds: idsOf(element),
  });
}

function actorsOf(element: Element): NfoActor[] {
  const found: NfoActor[] = [];
  for (const actor of (element.actor ?? []).slice(0, MAX_ENTRIES)) {
    if (typeof actor === "string") continue;
    const name = textOf(actor.name?.[0]);
    if (!name) continue;
    const role = textOf(actor.role?.[0]);
    const order = numberOf(textOf(actor.order?.[0]), 100_000);
    const thumb = textOf(actor.thumb?.[0]);
    found.push(defined({ name, role, order, thumb }));
  }
  return found.sort((one, other) => (one.order ?? Infinity) - (other.order ?? Infinity) || 0);
}

/** `<set>Name</set>`, or `<set><name>Name</name></set>`. */
function setOf(set: Element | string | undefined): string | undefined {
  return typeof set === "object" && set.name ? textOf(set.name[0]) : textOf(set);
}

/** `<ratings><rating name="imdb" max="10"><value>8.1</value></rating></ratings>`, or a bare number. */
function ratingsOf(element: Element): NonNullable<Nfo["ratings"]> {
  const [list] = element.ratings ?? [];
  const entries = typeof list === "object" ? list.rating ?? [] : [];
  const found = entries.slice(0, 50).flatMap((rating) => {
    if (typeof rating === "string") return [];
    const value = Number(textOf(rating.value?.[0]) ?? NaN);
    const max = Number(attribute(rating, "max") ?? 10) || 10;
    if (!(value >= 0 && value <= max)) return [];
    const votes = numberOf(textOf(rating.votes?.[0])?.replaceAll(/[,.\s]/g, ""), 1e12);
    return [defined({ name: attribute(rating, "name") || "default", value, max, votes })];
  });
  const bare = within(Number(textOf(element.rating?.[0]) || NaN), 0, 10);
  if (found.length === 0 && bare !== undefined) return [{ name: "default", value: bare, max: 10 }];
  return found;
}

function idsOf(element: Element): NonNullable<Nfo["uniqueIds"]> {
  const found = (element.uniqueid ?? []).slice(0, 50).flatMap((id) => {
    const value = textOf(id);
    if (!value) return [];
    const type = (typeof id === "object" && attribute(id, "type")) || "unknown";
    const isDefault = typeof id === "object" && attribute(id, "default") === "true";
    return [{ type, value, ...isDefault && { default: true as const } }];
  });
  const old = textOf(element.id?.[0]);
  if (found.length > 0 || !old) return found;
  return [{ type: old.startsWith("tt") ? "imdb" : "unknown", value: old }];
}

/** Attributes are plain texts, though the type of an element says lists. */
function attribute(element: Element, name: string): string | undefined {
  const value: unknown = element[`@${name}`];
  return typeof value === "string" ? unescape(value).trim() : undefined;
}

function textOf(it: Element | string | undefined): string | undefined {
  const text: unknown = typeof it === "object" ? it["#text"] : it;
  const [plain] = Array.isArray(text) ? text : [text];
  if (typeof plain !== "string") return undefined;
  return unescape(plain).replaceAll(/[^\P{Cc}\n\t]/gu, "").trim().slice(0, MAX_TEXT) || undefined;
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** XML's own five, and letters by number; nothing stands for anything longer than itself. */
function unescape(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (all, ...it) => {
      const [decimal, hex, name] = it as (string | undefined)[];
      if (name) return entities[name.toLowerCase()]!;
      const code = decimal ? Number(decimal) : parseInt(hex!, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}

function dateOf(text: string | undefined): string | undefined {
  return /^(1[89]|20|21)\d{2}-\d{2}-\d{2}/.exec(text ?? "")?.[0];
}

/** "90 min" is 90. */
function numberOf(text: string | undefined, most: number): number | undefined {
  const digits = /^\s*(\d{1,15})/.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : within(Number(digits), 0, most);
}

function within(value: number, least: number, most: number): number | undefined {
  return value >= least && value <= most ? value : undefined;
}

/** Without what is undefined, and without empty lists. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) =>
    value !== undefined && !(Array.isArray(value) && value.length === 0)
  );
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}
