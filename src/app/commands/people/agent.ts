/**
 * What the commands of people share: the edge that runs, and accounts by their names.
 *
 * @module
 */
import type { Command } from "commander";
import { NotFoundError, UnavailableError } from "../../../base/errors.ts";
import type { CommandContext } from "../../cli.ts";
import { ask, askAll, type AskOptions } from "../../client.ts";
import { findAgent } from "../../data_folder.ts";
import { dataDirOf, textsOf, withSettings } from "../options.ts";

export interface User {
  id: string;
  name: string;
  role: string;
  "is_disabled": boolean;
  "has_password": boolean;
  "last_login_at"?: string;
}

export interface Edge {
  send<T>(path: string, options?: AskOptions): Promise<T>;
  all<T>(path: string): Promise<T[]>;
  userId(name: string): Promise<string>;
}

type Options = Record<string, unknown>;

/** Flags of every one of these commands. */
export function common(command: Command): Command {
  return withSettings(command, ["dataDir"]).exitOverride().option("--json", "print JSON");
}

/** @throws {UnavailableError} nothing runs: accounts are the running edge's */
export async function openEdge(options: Options, { signal }: CommandContext): Promise<Edge> {
  const dataDir = dataDirOf(textsOf(options));
  const agent = await findAgent(dataDir);
  if (!agent) {
    throw new UnavailableError(
      `Cannot reach the accounts: no agent runs for "${dataDir}". Start one with "giggityflix start"`,
    );
  }
  const all = <T>(path: string) => askAll<T>(agent, path);
  return {
    send: (path, asking = {}) => ask(agent, path, { ...asking, signal }),
    all,
    async userId(name) {
      const wanted = name.normalize("NFKC").toLowerCase();
      const user = (await all<User>("/api/users/"))
        .find((it) => it.id === name || it.name.normalize("NFKC").toLowerCase() === wanted);
      if (!user) throw new NotFoundError(`Cannot find the account "${name}"`);
      return user.id;
    },
  };
}

/** Four groups of five letters and figures that are not taken for each other: 98 bits. */
export function newPassword(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  const draw = () => letters[crypto.getRandomValues(new Uint32Array(1))[0]! % letters.length];
  return Array.from({ length: 4 }, () => Array.from({ length: 5 }, draw).join("")).join("-");
}

/** The first line of what is piped in. */
export async function readPassword(): Promise<string> {
  const text = await new Response(Deno.stdin.readable).text();
  return text.split(/\r?\n/)[0]!;
}
