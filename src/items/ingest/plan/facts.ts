/**
 * What is known of a file's film, and the place that a policy gives it.
 *
 * @module
 */
import { basename, extname } from "node:path";
import { extensionOf, type ParseName } from "../../../media/mod.ts";
import { type NameFacts, policies, type PolicyName } from "../policies.ts";
import type { Film, Found } from "./survey.ts";
import { cleanExtension, cleanName, fitName, refusedIn } from "./names.ts";
import { suffixOf } from "./sidecars.ts";

export interface Placed {
  /** Folders and file name inside the target, made safe. */
  segments: string[];
  /** Each sidecar with its file name there. */
  sidecars: { file: Found; name: string }[];
  reason: string;
}

/** Where the policy puts a film, and why. Pure, but for the names of no meaning that it is given. */
export function placeFilm(
  { file, sidecars }: Film,
  policy: PolicyName,
  { parse, slug, bucket }: { parse: ParseName; slug: string; bucket: string },
): Placed {
  const facts = factsOf(file, parse, { slug, bucket });
  const raw = policies[policy].place(facts);
  const name = basename(file.path);
  const suffixes = sidecars.map((it) => suffixOf(basename(it.path), name));
  const folders = raw.slice(0, -1).map((it) => fitName(cleanName(it), "") || slug);
  const longest = [facts.extension, ...suffixes].sort((one, other) =>
    other.length - one.length
  )[0]!;
  const stem = fitName(cleanName(raw.at(-1)!), longest) || slug;
  return {
    segments: [...folders, stem + facts.extension],
    sidecars: sidecars.map((file, index) => ({ file, name: stem + cleanSuffix(suffixes[index]!) })),
    reason: why(policy, facts, { raw: raw.at(-1)!, stem }),
  };
}

/** A name of our own where two want one: "Film (2)". */
export function numbered(placed: Placed, number: number): Placed {
  const name = placed.segments.at(-1)!;
  const stem = name.slice(0, name.length - extname(name).length);
  const renamed = (it: string) => `${stem} (${number})${it.slice(stem.length)}`;
  return {
    segments: [...placed.segments.slice(0, -1), renamed(name)],
    sidecars: placed.sidecars.map(({ file, name }) => ({ file, name: renamed(name) })),
    reason: `${placed.reason}; numbered, for the name is taken`,
  };
}

function factsOf(
  { path, modifiedMs }: Found,
  parse: ParseName,
  own: Pick<NameFacts, "slug" | "bucket">,
): NameFacts {
  const name = basename(path);
  const extension = extensionOf(name);
  const stem = name.slice(0, name.length - extension.length);
  const { title, year, series, season, episode, episodes, date, release } = parse(
    path.split(/[/\\]/).slice(-3).join("/"),
  );
  // Without a title of its own an episode is called by its series and number.
  const hasOwnTitle = series === undefined || !title.startsWith(`${series} S`);
  return {
    ...own,
    stem,
    extension: cleanExtension(extension),
    // A name that a camera has given stays as it is; "..." is no name.
    title: !/[\p{L}\p{N}]/u.test(stem) ? undefined : date && !release ? stem : title,
    year,
    ...series && episode !== undefined && {
      series,
      season,
      episodes: episodes ?? [episode],
      episodeTitle: hasOwnTitle ? title : undefined,
    },
    date: date ?? localDay(modifiedMs),
  };
}

/** The day of a person's clock. */
function localDay(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const cleanSuffix = (suffix: string): string =>
  suffix.normalize("NFC").replaceAll(/[<>:"/\\|?*\p{Cc}]/gu, "");

function why(
  policy: PolicyName,
  { title, year, series, date, stem: own, slug }: NameFacts,
  { raw, stem }: { raw: string; stem: string },
): string {
  const by: Record<PolicyName, string> = {
    "by-title": series ? `an episode of "${series}"` : `the film "${title ?? slug}"`,
    "by-year": year ? `of ${year}` : "its name tells no year",
    "by-date": `of ${date}`,
    flat: "under its own name",
    hexmedia: "a name of no meaning",
  };
  if (stem === slug && policy !== "hexmedia") {
    return `${policy}: ${by[policy]}; no name is left of "${own}"`;
  }
  if (stem === raw) return `${policy}: ${by[policy]}`;
  return `${policy}: ${by[policy]}; renamed, for ${refusedIn(raw) ?? "its letters are composed"}`;
}
