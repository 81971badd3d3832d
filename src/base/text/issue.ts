/**
 * What a schema refuses, in words for who has sent it.
 *
 * @module
 */

/** Of an issue of zod's, what is told. */
export interface Issue {
  code?: string | undefined;
  message: string;
  expected?: string;
  origin?: string;
  format?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
  /** Whether the bound itself is allowed. */
  inclusive?: boolean;
  divisor?: number;
  values?: readonly unknown[];
  errors?: readonly (readonly Issue[])[];
}

const nouns: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** One for each code; what it leaves undefined, and codes that are not here, are told as zod does. */
const words: Record<string, (issue: Issue) => string | undefined> = {
  "invalid_type": ({ expected = "", message }) =>
    message.endsWith("received undefined")
      ? "it is missing"
      : `expected ${nouns[expected] ?? expected}`,

  "too_small": ({ origin, minimum, inclusive }) => {
    if (origin === "number") {
      return `it is ${inclusive === false ? "not more" : "less"} than ${minimum}`;
    }
    if (origin === "int") return "it is too small a number";
    if (minimum === 1) return "it is empty";
    return origin === "string" ? `it has fewer than ${minimum} characters` : undefined;
  },

  "too_big": ({ origin, maximum }) => {
    if (origin === "number") return `it is more than ${maximum}`;
    if (origin === "int") return "it is too large a number"; // none that a field takes is so large
    if (origin === "string") return `it is longer than ${maximum} characters`;
    return origin === "array" ? `there are more than ${maximum}` : undefined;
  },

  "not_multiple_of": ({ divisor }) => `expected steps of ${divisor}`,

  "invalid_value": ({ values = [] }) => `expected ${values.join(", ")}`,

  "invalid_format": ({ format }) =>
    format === "datetime" ? "expected a time such as 2026-01-31T20:15:00Z" : undefined,

  "unrecognized_keys": () => "there is no such field here",

  "invalid_union": ({ errors = [] }) => {
    const each = errors.flatMap(([first]) => first ? [inWords(first)] : []);
    return [...new Set(each)].join(", or ") || undefined;
  },
};

/** "it is missing", "expected a number", "it is more than 500". */
export function inWords(issue: Issue): string {
  return words[issue.code ?? ""]?.(issue) ?? issue.message;
}
