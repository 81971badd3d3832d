/**
 * `giggityflix search QUERY…`: the items that fit, from the running agent or from the data folder.
 *
 * @module
 */
import { Command } from "commander";
import { InvalidError } from "../../../base/errors.ts";
import { counted } from "../../../base/text/counted.ts";
import { searchBody, type SearchResult } from "../../../http/mod.ts";
import { labelOf, type Search } from "../../../items/mod.ts";
import { ask } from "../../client.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent } from "../../data_folder.ts";
import { formatBytes, plain, table, type Terminal } from "../../terminal.ts";
import { openOffline } from "../offline.ts";
import { dataDirOf, textsOf, withSettings } from "../options.ts";

/** Where no agent keeps the index up, this command does so first, but no longer than that. */
const INDEX_MS = 10_000;

interface Options extends Record<string, unknown> {
  sort?: string;
  limit: string;
  facets?: string;
  user: string;
  json?: boolean;
}

export function search(context: CommandContext): Command {
  const { terminal, signal } = context;
  return withSettings(new Command("search"), ["dataDir"])
    .description('Find items: words, "phrases", and filters such as codec:hevc year:1990..1999')
    .argument("[QUERY...]")
    .option("--sort <order>", "relevance, title, -added, year, rating, duration, size, random:SEED")
    .option("--limit <n>", "at most so many", "20")
    .option("--facets <names>", "count what the result is made of: names with commas, or all")
    .option("--user <name>", "whose ratings and watched films", "owner")
    .option("--json", "print one JSON object")
    .action(async (words: string[], options: Options) => {
      const texts = textsOf(options);
      const request = toRequest(words.join(" "), options);
      const agent = await findAgent(dataDirOf(texts));
      const result = agent
        ? await ask<SearchResult>(agent, `/api/search/?${toParameters(request)}`, { signal })
        : await withOffline();
      if (options.json) terminal.print(JSON.stringify(result));
      else show(result, terminal);

      async function withOffline(): Promise<SearchResult> {
        await using offline = await openOffline(texts, context);
        const { items } = await offline.openPeer();
        const until = performance.now() + INDEX_MS;
        while (!signal.aborted && performance.now() < until) {
          if (items.search.indexSome(100) === 0) break;
        }
        return searchBody(await items.search.search({ ...request, signal }));
      }
    });
}

type Request = Omit<Parameters<Search["search"]>[0], "signal" | "cursor">;

function toRequest(query: string, { sort, limit, facets, user }: Options): Request {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > 500) {
    throw new InvalidError(`Cannot read --limit "${limit}": expected 1 to 500`);
  }
  return { query, user, limit: most, sort, facets };
}

function toParameters({ query, user, limit, sort, facets }: Request): URLSearchParams {
  return new URLSearchParams({
    q: query,
    user,
    limit: String(limit),
    ...sort && { sort },
    ...facets && { facets },
  });
}

function show(result: SearchResult, { print }: Terminal): void {
  const { items, total, searched, facets, indexing } = result;
  print(table(
    ["YEAR", "LENGTH", "SIZE", "PICTURE", "TITLE", "FILE"],
    items.map((it) => [
      it.year === null ? "-" : String(it.year),
      lengthOf(it.media?.duration_ms ?? 0),
      it.media ? formatBytes(it.media.size_bytes) : "-",
      it.media?.width ? `${it.media.width}x${it.media.height} ${it.media.video_codec ?? ""}` : "-",
      labelOf(it),
      it.media ? `${it.media.root}/${it.media.relative_path}` : "-",
    ]),
  ));
  const more = total.relation === "exactly" ? "" : "more than ";
  print(`${items.length} of ${more}${total.value}`);
  for (const [name, values] of Object.entries(facets?.values ?? {})) {
    if (values.length === 0) continue;
    print(`${name}: ${values.map(({ label, count }) => `${plain(label)} (${count})`).join(", ")}`);
  }
  if (searched === "beginnings of titles") {
    print("Only titles that begin so: with a third letter it is looked for everywhere");
  }
  if (indexing > 0) {
    print(`${counted(indexing, "item is", "items are")} not in the index yet: ask again later`);
  }
}

function lengthOf(ms: number): string {
  if (ms === 0) return "-";
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
