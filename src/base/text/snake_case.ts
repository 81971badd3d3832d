/**
 * Inside the program names are camelCase; in REST, on the bus and in printed JSON snake_case.
 *
 * @module
 */

/** The same value with every field's name in snake_case. */
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, it]) => [toSnake(name), snakeCased(it)]);
  return Object.fromEntries(fields);
}

/** "creditedAs" → "credited_as" */
export function toSnake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
