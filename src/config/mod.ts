/**
 * Configuration: one schema, its sources, and who hears of changes.
 *
 * @module
 */
export { Configuration, type SettingView } from "./configuration.ts";
export {
  type DailyWindow,
  formatMinutes,
  isWithin,
  parseDailyWindow,
} from "../base/daily_window.ts";
export { Live } from "./live.ts";
export { type ConfigTexts, loadConfig, readEnvironment, type Source } from "./load.ts";
export {
  type Config,
  envNameOf,
  findSetting,
  keyOf,
  type SettingName,
  settingNames,
  settings,
  type ValueType,
} from "./schema.ts";
export { formatSetting, parseSetting } from "./text.ts";
