/**
 * The settings of the agent that runs, or of the data folder where none does.
 *
 * @module
 */
import { join } from "node:path";
import { ConflictError } from "../../../base/errors.ts";
import { type Setting, settingBody } from "../../../http/mod.ts";
import { ask } from "../../client.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent } from "../../data_folder.ts";
import { openOffline } from "../offline.ts";
import { dataDirOf, type textsOf } from "../options.ts";

export interface Settings extends AsyncDisposable {
  get(key: string): Promise<string>;
  set(key: string, value: string): Promise<void>;
  /** @throws {ConflictError} a flag or the environment says it, and `set` would fail */
  assertEditable(key: string): Promise<void>;
  /** The name that was made on the first run. */
  madePeerId(): Promise<string>;
}

export async function openSettings(
  texts: ReturnType<typeof textsOf>,
  context: CommandContext,
): Promise<Settings> {
  const dataDir = dataDirOf(texts);
  const agent = await findAgent(dataDir);
  if (agent) {
    const path = (key: string) => `/api/configurations/${key}/`;
    const find = (key: string) => ask<Setting>(agent, path(key));
    return {
      get: async (key) => (await find(key)).value,
      assertEditable: async (key) => assertEditable(await find(key)),
      set: async (key, value) =>
        void await ask(agent, `${path(key)}value/`, { method: "PATCH", body: { value } }),
      madePeerId: async () => (await Deno.readTextFile(join(dataDir, "peer_id"))).trim(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const here = await openOffline(texts, context);
  const find = (key: string) => settingBody(here.config.find(key));
  return {
    get: (key) => Promise.resolve(find(key).value),
    assertEditable: (key) => Promise.try(() => assertEditable(find(key))),
    set: (key, value) => Promise.resolve(void here.config.set(key, value)),
    madePeerId: () => Promise.resolve(here.folder.peerId),
    [Symbol.asyncDispose]: () => here[Symbol.asyncDispose](),
  };
}

function assertEditable({ env_variable: name, source, value, editable }: Setting): void {
  if (editable) return;
  const owner = source === "flag" ? "a flag" : "the environment";
  throw new ConflictError(
    `Cannot change ${name}: ${owner} sets it ("${value}"), and that goes first. Start without it`,
  );
}
