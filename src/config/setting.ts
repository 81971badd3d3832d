/**
 * What a setting is, and the kinds that there are.
 *
 * @module
 */
import { z } from "zod";

/** How a value stands in text: lists are joined by commas. */
export type ValueType = "string" | "integer" | "boolean" | "list";

export interface Setting<T> {
  type: ValueType;
  schema: z.ZodType<T>;
  default: T;
  help: string;
  /** Set at start only, by the environment or a flag: it decides where settings are stored. */
  fixed?: true;
  /** A URL whose password nobody is shown. */
  secret?: true;
}

const list = <T>(item: z.ZodType<T>) => z.array(item).max(1000);

export const text = (
  help: string,
  schema: z.ZodType<string>,
  fallback: string,
): Setting<string> => ({
  type: "string",
  schema,
  default: fallback,
  help,
});
export const choice = <const T extends string>(
  help: string,
  values: readonly T[],
  fallback: NoInfer<T>,
): Setting<T> => ({ type: "string", schema: z.enum(values), default: fallback, help });
export const whole = (
  help: string,
  min: number,
  max: number,
  fallback: number,
): Setting<number> => {
  const error = `expected a whole number from ${min} to ${max}`;
  return {
    type: "integer",
    schema: z.int({ error }).min(min, { error }).max(max, { error }),
    default: fallback,
    help,
  };
};
export const yesNo = (help: string, fallback: boolean): Setting<boolean> => ({
  type: "boolean",
  schema: z.boolean({ error: "expected true or false" }),
  default: fallback,
  help,
});
export const several = (
  help: string,
  item: z.ZodType<string>,
  fallback: string[],
): Setting<string[]> => ({ type: "list", schema: list(item), default: fallback, help });
