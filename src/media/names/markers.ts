/**
 * Words that stand in the names of published films behind the title, and in no title.
 *
 * @module
 */

/** Resolutions, sources, codecs and the like. */
const TOKENS = [
  String.raw`(?:480|540|576|720|1080|1440|2160|4320)[pi]`,
  String
    .raw`(?:blu-?ray|bd-?rip|br-?rip|bdremux|hd-?rip|dvd-?rip|dvdscr|web-?rip|web-?dl|hdtv|pdtv)`,
  String.raw`(?:[xh][ .]?26[456]|hevc|xvid|divx|av1|10-?bit)`,
  String.raw`(?:ddp?5[ .]1|dts(?:-?hd)?|truehd|atmos|aac2[ .]0|ac3)`,
  String.raw`(?:hdr10\+?|dolby[ .]vision|remux|proper|repack|uhd)`,
].join("|");

const TOKEN = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${TOKENS})(?![\p{L}\p{N}])`, "iu");

/** A year in brackets, or between dots with something in front. */
const BRACKETED_YEAR = /[([{]((?:18|19|20)\d{2})[)\]}]/;
const DOTTED_YEAR = /[^\s._][._]((?:19|20)\d{2})(?=[._]|$)(?![._-]\d{2}[._-]\d{2})/;

/** Where the first of these words begins; undefined where there is none. */
export function firstToken(text: string): number | undefined {
  return TOKEN.exec(text)?.index;
}

/** Whether the name is one that a publisher, or a careful collector, has given. */
export function looksPublished(stem: string): boolean {
  return TOKEN.test(stem) || BRACKETED_YEAR.test(stem) ||
    (!stem.includes(" ") && DOTTED_YEAR.test(stem));
}

/** "Film (1999)" → its year. */
export function bracketedYear(text: string): number | undefined {
  const found = BRACKETED_YEAR.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
