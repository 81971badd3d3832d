/**
 * Items for the commands: asked of the running agent, or read and written here where none runs.
 *
 * @module
 */
import { NotFoundError } from "../../../base/errors.ts";
import { type ChangeBody, changeBody, type ItemBody, itemBody } from "../../../http/mod.ts";
import { type Items, newBatch, type Order, type Patch, type Place } from "../../../items/mod.ts";
import { ask } from "../../client.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent, type RunningAgent } from "../../data_folder.ts";
import { openOffline } from "../offline.ts";
import { dataDirOf, textsOf } from "../options.ts";

export interface ListOptions {
  /** As REST takes it: "title", "-added". */
  sort: string;
  limit: number;
  kind?: "video" | "audio" | "image";
  series?: string;
  tag?: string;
  favorite?: true;
  watched?: true;
}

export interface Access {
  list(options: ListOptions): Promise<ItemBody[]>;
  show(id: string): Promise<ItemBody>;
  edit(id: string, patch: Patch): Promise<ItemBody>;
  /** The type of a custom field. */
  typeOf(key: string): Promise<string>;
  history(id: string | undefined, limit: number): Promise<ChangeBody[]>;
  undo(batch: string): Promise<{ batch: string; changes: number }>;
}

/** Does `work` with the agent that runs, or with the library itself where none does. */
export async function withItems<T>(
  options: { user: string } & Record<string, unknown>,
  context: CommandContext,
  work: (items: Access) => Promise<T>,
): Promise<T> {
  const texts = textsOf(options);
  const running = await findAgent(dataDirOf(texts));
  if (running) return await work(asked(running, options.user, context.signal));
  await using offline = await openOffline(texts, context);
  const { items } = await offline.openPeer();
  return await work(here(items, options.user));
}

/** Of lists that REST gives in pages. */
const PAGE = 500;

function asked(agent: RunningAgent, user: string, signal: AbortSignal): Access {
  const at = (path: string, query: Record<string, unknown> = {}) => {
    const given = Object.entries({ ...query, user }).filter(([, value]) => value !== undefined);
    return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
  };
  const one = (id: string) => `/api/items/${encodeURIComponent(id)}/`;
  const pages = async <Item>(path: string, query: Record<string, unknown>, limit: number) => {
    const all: Item[] = [];
    let cursor: string | undefined;
    while (all.length < limit) {
      const some = Math.min(PAGE, limit - all.length);
      const url = at(path, { ...query, limit: some, cursor });
      const page = await ask<{ items: Item[]; next_cursor: string | null }>(agent, url, { signal });
      all.push(...page.items);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    return all;
  };
  return {
    list: ({ limit, ...query }) => pages("/api/items/", { ...query }, limit),
    show: (id) => ask(agent, at(one(id)), { signal }),
    edit: (id, body) => ask(agent, at(one(id)), { method: "PATCH", body, signal }),
    typeOf: async (key) => {
      const path = `/api/custom-fields/${encodeURIComponent(key)}/`;
      return (await ask<{ type: string }>(agent, path, { signal })).type;
    },
    history: async (id, limit) => {
      // Of all users: who asks has nothing to do with who has changed it.
      const given = new URLSearchParams({
        entity: "item",
        limit: String(Math.min(limit, PAGE)),
        ...id !== undefined && { entity_id: id },
      });
      return (await ask<{ items: ChangeBody[] }>(agent, `/api/changes/?${given}`, { signal }))
        .items;
    },
    undo: (batch) => {
      const path = `/api/changes/${encodeURIComponent(batch)}/undo/`;
      return ask(agent, at(path), { method: "POST", signal, timeoutMs: 0 });
    },
  };
}

function here({ items, changes, customFields, tags }: Items, user: string): Access {
  return {
    list: ({ sort, limit, tag, ...filters }) => {
      const order = sort.replace("-", "") as Order;
      const descending = sort.startsWith("-");
      const all: ItemBody[] = [];
      let after: Place | undefined;
      while (all.length < limit) {
        const some = Math.min(PAGE, limit - all.length);
        const branch = tag === undefined ? {} : { tags: branchOf(tag, tags) };
        const query = { user, sort: order, descending, limit: some, after, ...filters, ...branch };
        const page = items.list(query);
        all.push(...page.items.map(itemBody));
        if (!page.next) break;
        after = page.next;
      }
      return Promise.resolve(all);
    },
    show: (id) => Promise.resolve(itemBody(items.find(id, user))),
    edit: (id, patch) =>
      Promise.resolve(itemBody(items.edit(id, patch, { user, batch: newBatch() }))),
    typeOf: (key) => Promise.resolve(customFields.find(key).type),
    history: (entityId, limit) =>
      Promise.resolve(changes.list({ entity: "item", entityId, limit }).map(changeBody)),
    undo: (batch) => changes.undo(batch, user),
  };
}

function branchOf(path: string, tags: Items["tags"]): string[] {
  const ids = tags.branch(path);
  if (ids.length === 0) throw new NotFoundError(`Cannot find the tag "${path}"`);
  return ids;
}
