/**
 * Reads fields of a JSON text that other people's program wrote: what is missing or of another type
 * is undefined, and a number may stand as text.
 *
 * @module
 */

/** The object in `text`, with whatever a person's recording left around it; else undefined. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  const start = text.indexOf("{");
  const end = text.lastIndexOf("}");
  if (start < 0 || end < start) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(start, end + 1));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function at(value: unknown, ...keys: string[]): unknown {
  for (const key of keys) value = isObject(value) ? value[key] : undefined;
  return value;
}

export function numberAt(value: unknown, ...keys: string[]): number | undefined {
  const found = at(value, ...keys);
  if (typeof found === "number") return Number.isFinite(found) ? found : undefined;
  if (typeof found !== "string" || !/^\s*-?\d/.test(found)) return undefined;
  const number = Number(found.replaceAll(/[\s,_]/g, ""));
  return Number.isFinite(number) ? number : undefined;
}

/** Text that says something: never blank. */
export function textAt(value: unknown, ...keys: string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === "string" && found.trim() ? found.trim() : undefined;
}

export function booleanAt(value: unknown, ...keys: string[]): boolean | undefined {
  const found = at(value, ...keys);
  return typeof found === "boolean" ? found : undefined;
}

export function listAt(value: unknown, ...keys: string[]): unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
