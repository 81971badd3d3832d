/**
 * Asks for duplicates and the trash in REST's words: the agent that runs, or the same routes over the
 * library itself where none does.
 *
 * @module
 */
import { duplicatesResource, trashResource } from "../../../http/mod.ts";
import { ask as askAgent } from "../../client.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent } from "../../data_folder.ts";
import { openOffline } from "../offline.ts";
import { dataDirOf, textsOf } from "../options.ts";

export interface Question {
  method?: "GET" | "POST" | "PATCH";
  body?: unknown;
}

/** Below /api/: "duplicates/?limit=50". As long as it takes. */
export type Ask = <T>(path: string, question?: Question) => Promise<T>;

export async function withDuplicates<T>(
  options: Record<string, unknown>,
  context: CommandContext,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const { signal } = context;
  const texts = textsOf(options);
  const agent = await findAgent(dataDirOf(texts));
  if (agent) {
    return await work((path, question = {}) =>
      askAgent(agent, `/api/${path}`, { ...question, signal, timeoutMs: 0 })
    );
  }
  await using offline = await openOffline(texts, context);
  const peer = await offline.openPeer();
  const { duplicates } = peer.items;
  await duplicates.trash.settle();
  const resources = {
    duplicates: duplicatesResource(duplicates),
    trash: trashResource(duplicates.trash),
  };
  let isLooked = false;
  return await work(async (path, { method = "GET", body } = {}) => {
    // Before the drives are known every file would go through the lane of the unknown.
    if (method !== "GET" && !isLooked) await peer.drives.refresh(signal);
    isLooked = method !== "GET" || isLooked;
    const [, name, rest = ""] = /^([a-z]+)\/?(.*)$/.exec(path)!;
    const routes = resources[name as keyof typeof resources];
    routes.onError((error) => {
      throw error;
    });
    const response = await routes.request(`http://here/${rest}`, {
      method,
      signal,
      ...body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      },
    });
    return await response.json();
  });
}

/** A path with what of the query is given. */
export function withQuery(path: string, query: Record<string, unknown>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

/** As many items of a paged list as are asked for. */
export async function askPages<Item>(
  ask: Ask,
  path: string,
  query: Record<string, unknown>,
  limit: number,
): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null | undefined;
  while (all.length < limit && cursor !== null) {
    const some = Math.min(500, limit - all.length);
    const page: { items: Item[]; next_cursor: string | null } = await ask(
      withQuery(path, { ...query, limit: some, cursor }),
    );
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all;
}
