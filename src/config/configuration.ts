/**
 * The configuration of a running agent: what is in force, where each value comes from, and how a
 * person changes one.
 *
 * @module
 */
import { ConflictError, DeniedError, NotFoundError } from "../base/errors.ts";
import type { Database } from "../db/mod.ts";
import { Live } from "./live.ts";
import { type ConfigTexts, loadConfig, type Source } from "./load.ts";
import {
  type Config,
  envNameOf,
  findSetting,
  keyOf,
  type SettingName,
  settingNames,
  settings,
  type ValueType,
} from "./schema.ts";
import { readStored, writeStored } from "./store.ts";
import { checkSetting, formatSetting, parseSetting } from "./text.ts";

/** One setting, as it is shown. */
export interface SettingView {
  key: string;
  value: Config[SettingName];
  default: Config[SettingName];
  type: ValueType;
  help: string;
  envName: string;
  source: Source;
  editable: boolean;
}

export class Configuration {
  readonly live: Live<Config>;
  /** What was wrong with stored values when this was opened, in words. */
  readonly ignored: string[];
  readonly #db: Database;
  readonly #texts: Omit<ConfigTexts, "stored">;
  #from: Record<SettingName, Source>;

  constructor(db: Database, texts: Omit<ConfigTexts, "stored">) {
    this.#db = db;
    this.#texts = texts;
    const { values, from, ignored } = loadConfig({ ...texts, stored: readStored(db) });
    this.#from = from;
    this.ignored = ignored;
    this.live = new Live(values);
  }

  get value(): Config {
    return this.live.value;
  }

  list(): SettingView[] {
    return settingNames.map((name) => this.#view(name));
  }

  /** @throws {NotFoundError} no setting has this name */
  find(key: string): SettingView {
    return this.#view(nameOf(key));
  }

  /**
   * The value that `value` means for a setting; its default when null.
   *
   * @throws {NotFoundError | InvalidError} as set() does
   */
  check(key: string, value: unknown): Config[SettingName] {
    const name = nameOf(key);
    if (value === null) return settings[name].default;
    return typeof value === "string" ? parseSetting(name, value) : checkSetting(name, value);
  }

  /**
   * Keeps a new value, or returns to the default when `value` is null; what runs hears of it.
   *
   * @param value Text as in the environment, or the value itself
   * @throws {NotFoundError} no setting has this name
   * @throws {InvalidError} the value is not what the setting takes
   * @throws {DeniedError} the setting is fixed when the program starts
   * @throws {ConflictError} the environment or a flag says otherwise
   */
  set(key: string, value: unknown): SettingView {
    const name = nameOf(key);
    const view = this.#view(name);
    if ("fixed" in settings[name]) {
      throw new DeniedError(`Cannot set ${view.envName} while running: set it in the environment`);
    }
    if (view.source === "environment" || view.source === "flag") {
      const owner = view.source === "flag" ? "a flag" : "the environment";
      throw new ConflictError(`Cannot set ${view.envName}: ${owner} sets it, and that goes first`);
    }
    const checked = this.check(key, value);
    writeStored(this.#db, name, value === null ? undefined : formatSetting(checked));
    this.#reload();
    return this.#view(name);
  }

  #reload(): void {
    const { values, from } = loadConfig({ ...this.#texts, stored: readStored(this.#db) });
    this.#from = from;
    this.live.set(values);
  }

  #view(name: SettingName): SettingView {
    const { type, help, ...setting } = settings[name];
    return {
      key: keyOf(name),
      value: "secret" in setting ? withoutPassword(String(this.value[name])) : this.value[name],
      default: setting.default,
      type,
      help,
      envName: envNameOf(name),
      source: this.#from[name],
      // What the environment or a flag says goes first.
      editable: !("fixed" in setting) && !["environment", "flag"].includes(this.#from[name]),
    };
  }
}

/**
 * `scheme://user:***@host`; what looks like no such URL is hidden as a whole, and so is a name alone,
 * which is a token to NATS.
 */
function withoutPassword(url: string): string {
  if (url === "") return "";
  const parts = /^([a-z]+:\/\/[^:@/?#]*)(:.*)?(@[^@/?#]*(?:\/[^@?#]*)?)(\?.*)?$/i.exec(url);
  const isToken = parts && !parts[2] && /^(nats|tls):/i.test(url);
  if (isToken) return `${url.split("//")[0]}//***${parts[3]}`;
  return parts ? `${parts[1]}${parts[2] ? ":***" : ""}${parts[3]}` : "***";
}

function nameOf(key: string): SettingName {
  const name = findSetting(key);
  if (!name) throw new NotFoundError(`Cannot find a setting "${key}": see "config list"`, { key });
  return name;
}
