/**
 * The title and the year of a film by the name that its publisher has given it. A library knows the
 * ways of publishers; what it says is taken only where it keeps all letters of the title.
 *
 * @module
 */
import type { filenameParse } from "@ctrl/video-filename-parser";
import { firstToken } from "./markers.ts";
import { squash, tidy } from "./tidy.ts";

export type ParseFilename = typeof filenameParse;

export interface ReleaseName {
  title: string;
  year?: number;
}

/** Undefined where nothing is left of the name that could be a title. */
export function parseRelease(stem: string, parse: ParseFilename): ReleaseName | undefined {
  // Without a group or a site in front: "[Group] Film", "www.site.com - Film".
  const plain = stem.replace(/^\[[^\]]*\][ ._-]*(?=\S)/, "")
    .replace(/^www\.[\w.-]+\.[a-z]{2,4}[ ._-]+(?=\S)/i, "") || stem;
  const parsed = parse(`${plain}.mkv`);
  const found = Number(parsed.year);
  const year = found >= 1880 && found <= 2100 ? found : undefined;
  const cut = tidy(plain.slice(0, endOfTitle(plain, parsed.year ?? undefined)));
  const title = pick(tidy(parsed.title), cut);
  return title === "" ? undefined : { title, ...year !== undefined && { year } };
}

/** Where the year stands, else the first word that is in no title. */
function endOfTitle(stem: string, year: string | undefined): number {
  const token = firstToken(stem) ?? stem.length;
  const at = year ? stem.lastIndexOf(year, token) : -1;
  return at > 0 ? at : token;
}

/** The library's own title leaves out "Director's Cut"; but it also loses letters beyond ASCII. */
function pick(title: string, cut: string): string {
  const [theirs, ours] = [squash(title), squash(cut)];
  if (theirs === ours && title !== "") return unDotted(title);
  const rest = ours.startsWith(theirs) ? ours.slice(theirs.length) : "no";
  return theirs !== "" && EDITION.test(rest) ? unDotted(title) : cut;
}

const EDITION =
  /^(the|extended|ultimate|directors?|collectors?|theatrical|final|special|unrated|uncut|remastered|imax|cut|edition|version|\d+th|anniversary|restored|fanedit|french|german|italian|spanish|english|multi|dubbed|subbed)+$/;

/** "Film." → "Film"; "M.A.S.H." stays. */
function unDotted(title: string): string {
  return /\..*\.$/.test(title) ? title : title.replace(/\.+$/, "");
}
