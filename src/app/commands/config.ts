/**
 * `giggityflix config list|get|set`: the settings, where they come from, and changing them.
 *
 * @module
 */
import { Command } from "commander";
import { type Setting, settingBody } from "../../http/mod.ts";
import { ask, askAll } from "../client.ts";
import type { CommandContext } from "../cli.ts";
import { findAgent } from "../data_folder.ts";
import { table } from "../terminal.ts";
import { openOffline } from "./offline.ts";
import { dataDirOf, leaf, textsOf } from "./options.ts";

export function config(context: CommandContext): Command {
  const { print } = context.terminal;
  const all = new Command("config").description("Show and change settings");

  all.addCommand(
    leaf("list", "Show every setting").action(async (options) => {
      const settings = await withAgentOrHere(options, context, {
        agent: (agent) => askAll<Setting>(agent, "/api/configurations/"),
        here: (here) => here.list().map(settingBody),
      });
      if (options.json) return print(JSON.stringify(settings));
      print(table(
        ["SETTING", "VALUE", "FROM", "WHAT IT IS"],
        settings.map((it) => [it.env_variable, it.value, it.source, it.description]),
      ));
    }),
  );

  all.addCommand(
    leaf("get", "Show one setting").argument("<key>").action(async (key: string, options) => {
      const setting = await withAgentOrHere(options, context, {
        agent: (agent) => ask<Setting>(agent, `/api/configurations/${encodeURIComponent(key)}/`),
        here: (here) => settingBody(here.find(key)),
      });
      print(options.json ? JSON.stringify(setting) : setting.value);
    }),
  );

  all.addCommand(
    leaf("set", "Keep a new value; a running agent takes it up at once")
      .argument("<key>")
      .argument("<value>")
      .action(async (key: string, value: string, options) => {
        const path = `/api/configurations/${encodeURIComponent(key)}/value/`;
        const setting = await withAgentOrHere(options, context, {
          agent: (agent) => ask<Setting>(agent, path, { method: "PATCH", body: { value } }),
          here: (here) => settingBody(here.set(key, value)),
        });
        print(options.json ? JSON.stringify(setting) : `${setting.env_variable}=${setting.value}`);
      }),
  );
  return all;
}

type Offline = Awaited<ReturnType<typeof openOffline>>;
type Agent = NonNullable<Awaited<ReturnType<typeof findAgent>>>;

async function withAgentOrHere<T>(
  options: Record<string, unknown>,
  context: CommandContext,
  { agent, here }: { agent(it: Agent): Promise<T>; here(it: Offline["config"]): T },
): Promise<T> {
  const texts = textsOf(options);
  const running = await findAgent(dataDirOf(texts));
  if (running) return await agent(running);
  await using offline = await openOffline(texts, context);
  return here(offline.config);
}
