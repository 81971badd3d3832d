/**
 * Puts the settings together: default < stored < environment < flag.
 *
 * @module
 */
import { join } from "node:path";
import { reasonOf } from "../base/errors.ts";
import {
  type Config,
  envNameOf,
  keyOf,
  type SettingName,
  settingNames,
  settings,
} from "./schema.ts";
import { parseSetting } from "./text.ts";

/** Where a setting comes from, weakest first. */
export const sources = ["default", "stored", "environment", "flag"] as const;

export type Source = (typeof sources)[number];

export interface LoadedConfig {
  values: Config;
  from: Record<SettingName, Source>;
  /** What is wrong with stored values, in words. */
  ignored: string[];
}

export interface ConfigTexts {
  stored: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, string>>;
  flag: Partial<Record<SettingName, string>>;
}

/**
 * The settings in force. A stored value that this version does not take, after an update for
 * example, must not keep the program from starting: its default holds, and `ignored` says so.
 *
 * @throws {InvalidError} a flag or the environment gives what its setting does not take
 */
export function loadConfig({ stored, environment, flag }: ConfigTexts): LoadedConfig {
  const values: Record<string, Config[SettingName]> = {};
  const from: Record<string, Source> = {};
  const ignored: string[] = [];
  for (const name of settingNames) {
    const texts = {
      stored: stored[keyOf(name)],
      environment: environment[envNameOf(name)] || environment[`GIGGITYFLIX_${envNameOf(name)}`],
      flag: flag[name],
    };
    const source = (["flag", "environment", "stored"] as const)
      // An empty variable is as good as none; what a person stored empty is meant to be empty.
      .find((it) => it === "stored" ? texts[it] !== undefined : texts[it]);
    from[name] = source ?? "default";
    values[name] = structuredClone(settings[name].default);
    if (!source) continue;
    try {
      values[name] = parseSetting(name, texts[source]!);
    } catch (error) {
      if (source !== "stored") throw error;
      from[name] = "default";
      ignored.push(reasonOf(error));
    }
  }
  const config = values as unknown as Config;
  if (from.dataDir === "default") config.dataDir = defaultDataDir(environment);
  return { values: config, from: from as Record<SettingName, Source>, ignored };
}

/** The environment of this process. */
export function readEnvironment(): Record<string, string> {
  return Deno.env.toObject();
}

function defaultDataDir(environment: Readonly<Record<string, string>>): string {
  const home = environment.HOME || environment.USERPROFILE || ".";
  return join(home, ".giggityflix");
}
