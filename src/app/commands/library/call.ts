/**
 * The library's REST calls for commands: to the agent that runs, or where none does to the same
 * resources in this process, over the data folder.
 *
 * @module
 */
import type { Command } from "commander";
import { UnavailableError } from "../../../base/errors.ts";
import { createApi } from "../../../http/mod.ts";
import { answerOf, ask } from "../../client.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent } from "../../data_folder.ts";
import { openOffline } from "../offline.ts";
import { dataDirOf, textsOf, withSettings } from "../options.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Calls {
  call<T>(method: Method, path: string, body?: unknown): Promise<T>;
  /** Every item of a paged list; `path` may have a query. */
  all<T>(path: string): Promise<T[]>;
  /** An answer as it comes, or a body as it is read. */
  raw(path: string, init?: RequestInit & { duplex?: "half" }): Promise<Response>;
  /** What a raw answer says. @throws the failure that it tells of */
  answer<T>(response: Response): Promise<T>;
}

/** Flags of every one of these commands. */
export function common(command: Command, json = "print JSON"): Command {
  return withSettings(command, ["dataDir"]).exitOverride()
    .option("--user <name>", "who asks", "owner")
    .option("--json", json);
}

/** Does `work` with the agent that runs, or with the library itself where none does. */
export async function withLibrary<T>(
  options: Record<string, unknown>,
  context: CommandContext,
  work: (calls: Calls) => Promise<T>,
): Promise<T> {
  const user = String(options.user ?? "owner");
  const texts = textsOf(options);
  const agent = await findAgent(dataDirOf(texts));
  const { signal } = context;
  if (agent) {
    const headers = { authorization: `Bearer ${agent.token}` };
    return await work(callsOf(
      (method, path, body) => ask(agent, path, { method, body, signal, timeoutMs: 0 }),
      (path, init = {}) =>
        fetch(agent.url + path, { ...init, headers, signal }).catch((cause) => {
          signal.throwIfAborted();
          throw new UnavailableError(`Cannot reach the agent at ${agent.url}`, {}, { cause });
        }),
      user,
    ));
  }
  await using offline = await openOffline(texts, context);
  const { items } = await offline.openPeer();
  const none = {} as never; // no command asks for more than the library
  const api = createApi({
    health: none,
    configurations: none,
    events: none,
    peer: { drives: none, media: none, jobs: none, library: { ...items, pictures: none } },
    edge: "Cannot answer: no agent runs",
    metrics: () => [],
  }, { token: offline.folder.token, log: offline.log });
  const send = async (path: string, init: RequestInit = {}) =>
    await api.request(HERE + path, { ...init, signal });
  return await work(callsOf(
    async (method, path, body) => {
      const json = body !== undefined && {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      };
      return await answerOf(await send(path, { method, ...json }), HERE);
    },
    send,
    user,
  ));
}

const HERE = "http://127.0.0.1";

function callsOf(
  send: (method: Method, path: string, body?: unknown) => Promise<unknown>,
  raw: Calls["raw"],
  user: string,
): Calls {
  const asUser = (path: string) =>
    `${path}${path.includes("?") ? "&" : "?"}user=${encodeURIComponent(user)}`;
  const call = async <T>(method: Method, path: string, body?: unknown) =>
    await send(method, method === "GET" ? path : asUser(path), body) as T;
  return {
    call,
    async all<T>(path: string) {
      const all: T[] = [];
      for (let cursor: string | null = "";;) {
        const query: string = `limit=500${cursor && `&cursor=${cursor}`}`;
        const at = `${path}${path.includes("?") ? "&" : "?"}${query}`;
        const page: { items: T[]; "next_cursor": string | null } = await call("GET", at);
        all.push(...page.items);
        if (page.next_cursor === null) return all;
        cursor = page.next_cursor;
      }
    },
    raw: (path, init) => raw(init?.method === "POST" ? asUser(path) : path, init),
    answer: <T>(response: Response) => answerOf<T>(response, HERE),
  };
}
