/**
 * Asks the agent that runs on this machine, over REST.
 *
 * @module
 */
import {
  ConflictError,
  DeniedError,
  InvalidError,
  NotFoundError,
  reasonOf,
  StaleError,
  UnavailableError,
} from "../base/errors.ts";
import type { RunningAgent } from "./data_folder.ts";

export interface AskOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  /** 10,000 unless said; 0 waits for as long as it takes. */
  timeoutMs?: number;
}

const failures = {
  400: InvalidError,
  403: DeniedError,
  404: NotFoundError,
  409: ConflictError,
  412: StaleError,
} as const;

/**
 * The agent's answer.
 *
 * @throws the failure that the agent answered with, or UnavailableError when it does not answer
 */
export async function ask<T>(
  { url, token }: RunningAgent,
  path: string,
  { method = "GET", body, signal, timeoutMs = 10_000 }: AskOptions = {},
): Promise<T> {
  const limits = [signal, timeoutMs ? AbortSignal.timeout(timeoutMs) : undefined];
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...body !== undefined && { "content-type": "application/json" },
    },
    ...body !== undefined && { body: JSON.stringify(body) },
    signal: AbortSignal.any(limits.filter((it) => it !== undefined)),
  }).catch((cause) => {
    signal?.throwIfAborted();
    throw new UnavailableError(`Cannot reach the agent at ${url}: ${reasonOf(cause)}`, {}, {
      cause,
    });
  });
  return await answerOf<T>(response, url);
}

/** What an answer says; nothing where it has no content. @throws the failure that it tells of */
export async function answerOf<T>(response: Response, url: string): Promise<T> {
  if (response.status === 204) return undefined as T;
  const answer = await response.json().catch((cause) => {
    const message = `Cannot understand what answers at ${url}: it is no giggityflix`;
    throw new UnavailableError(message, {}, { cause });
  });
  if (response.ok) return answer as T;
  const Type = failures[response.status as keyof typeof failures] ?? UnavailableError;
  throw new Type(answer.detail ?? `The agent answered ${response.status}`);
}

/** Every item of a paged list. */
export async function askAll<Item>(agent: RunningAgent, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `?limit=500${cursor ? `&cursor=${cursor}` : ""}`;
    const page: { items: Item[]; next_cursor: string | null } = await ask(agent, path + query);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}
