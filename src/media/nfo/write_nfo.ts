/**
 * The text of an NFO file, as Kodi and its kin read it. What we have read and write again says the
 * same.
 *
 * @module
 */
import type { Nfo } from "../details.ts";

export type NfoToWrite = Omit<Nfo, "path" | "modifiedMs" | "problem">;

/** XML in UTF-8, ended by a line; `urls` stand behind it, each on a line of its own. */
export function writeNfo(nfo: NfoToWrite): string {
  const root = nfo.kind === "unknown" ? "movie" : nfo.kind;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    `<${root}>`,
    ...contentOf(nfo).map((line) => `  ${line}`),
    `</${root}>`,
    ...nfo.urls ?? [],
    "",
  ];
  return lines.join("\n");
}

function contentOf(nfo: NfoToWrite): string[] {
  return [
    ...element("title", nfo.title),
    ...element("originaltitle", nfo.originalTitle),
    ...element("sorttitle", nfo.sortTitle),
    ...element("showtitle", nfo.showTitle),
    ...element("season", nfo.season),
    ...element("episode", nfo.episode),
    ...element("year", nfo.year),
    ...element(nfo.kind === "episodedetails" ? "aired" : "premiered", nfo.premiered),
    ...ratingsOf(nfo),
    ...element("userrating", nfo.userRating),
    ...element("plot", nfo.plot),
    ...element("tagline", nfo.tagline),
    ...element("runtime", nfo.runtimeMinutes),
    ...(nfo.uniqueIds ?? []).map(({ type, value, default: isDefault }) =>
      `<uniqueid type="${escape(type)}"${isDefault ? ' default="true"' : ""}>${
        escape(value)
      }</uniqueid>`
    ),
    ...(nfo.genres ?? []).flatMap((it) => element("genre", it)),
    ...(nfo.tags ?? []).flatMap((it) => element("tag", it)),
    ...nfo.set === undefined ? [] : ["<set>", ...indented(element("name", nfo.set)), "</set>"],
    ...(nfo.credits ?? []).flatMap((it) => element("credits", it)),
    ...(nfo.directors ?? []).flatMap((it) => element("director", it)),
    ...(nfo.studios ?? []).flatMap((it) => element("studio", it)),
    ...(nfo.actors ?? []).flatMap(({ name, role, order, thumb }) => [
      "<actor>",
      ...indented([
        ...element("name", name),
        ...element("role", role),
        ...element("order", order),
        ...element("thumb", thumb),
      ]),
      "</actor>",
    ]),
  ];
}

function ratingsOf({ ratings = [] }: NfoToWrite): string[] {
  if (ratings.length === 0) return [];
  const entries = ratings.flatMap(({ name, value, max, votes }, index) => [
    `<rating name="${escape(name)}" max="${max}"${index === 0 ? ' default="true"' : ""}>`,
    ...indented([...element("value", value), ...element("votes", votes)]),
    "</rating>",
  ]);
  return ["<ratings>", ...indented(entries), "</ratings>"];
}

function element(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`<${name}>${escape(String(value))}</${name}>`];
}

function indented(lines: string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Without the control characters and halves of letters that no XML may hold. */
function escape(text: string): string {
  return text.toWellFormed().replaceAll(/[^\P{Cc}\n\t]/gu, "").replaceAll(/[\ufffe\uffff]/g, "")
    .replaceAll(/[&<>"]/g, (it) => entities[it]!);
}
