/**
 * Puts the settings together: default < stored < environment < flag.
 *
 * @module
 */
import { join } from "node:path";
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
}

export interface ConfigTexts {
  stored: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, string>>;
  flag: Partial<Record<SettingName, string>>;
}

/**
 * The settings in force.
 *
 * @throws {InvalidError} a value is not what its setting takes
 */
export function loadConfig({ stored, environment, flag }: ConfigTexts): LoadedConfig {
  const values: Record<string, Config[SettingName]> = {};
  const from: Record<string, Source> = {};
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
    values[name] = source
      ? parseSetting(name, texts[source]!)
      : structuredClone(settings[name].default);
  }
  const config = values as unknown as Config;
  if (from.dataDir === "default") config.dataDir = defaultDataDir(environment);
  return { values: config, from: from as Record<SettingName, Source> };
}

/** The environment of this process. */
export function readEnvironment(): Record<string, string> {
  return Deno.env.toObject();
}

function defaultDataDir(environment: Readonly<Record<string, string>>): string {
  const home = environment.HOME || environment.USERPROFILE || ".";
  return join(home, ".giggityflix");
}
