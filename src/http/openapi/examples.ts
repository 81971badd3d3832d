/**
 * An example for each answer of the OpenAPI text, made from its schema: what a field says of itself
 * comes first, then what fields of such a name have.
 *
 * @module
 */
// deno-lint-ignore-file camelcase -- the names on the wire

interface Schema {
  $ref?: string;
  type?: string | string[];
  example?: unknown;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  minimum?: number;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

type Content = Record<string, { schema?: object; example?: unknown }>;

interface Document {
  paths?: object;
  components?: { schemas?: object };
}

/** By the whole name of a field, or by the end of it. */
const known: Record<string, unknown> = {
  next_cursor: null,
  title: "Alien",
  sort_title: "Alien",
  name: "Alien",
  relative_path: "Films/Alien (1979).mkv",
  path: "/media/films/Alien (1979).mkv",
  root: "/media/films",
  mount_point: "/media/films",
  container: "matroska",
  mime_type: "video/x-matroska",
  video_codec: "hevc",
  audio_codec: "aac",
  hdr: null,
  language: "eng",
  year: 1979,
  width: 1920,
  height: 1080,
  size_bytes: 5_368_709_120,
  duration_ms: 7_020_000,
  bitrate: 6_100_000,
  series: null,
  error: null,
  query: "codec:hevc year:1979",
  user: "owner",
  edge_id: "edge-1",
  peer_id: "living-room",
  address: "192.0.2.7",
};
const ends: [end: string, example: unknown][] = [
  ["_at", "2026-01-31T12:00:00.000Z"],
  ["timestamp", "2026-01-31T12:00:00.000Z"],
  ["since", "2026-01-31T12:00:00.000Z"],
  ["id", "5b0c7a52-3c1e-4f0a-9d5e-0d6c2f1b8a94"],
  ["url", "http://127.0.0.1:8080/"],
  ["bytes", 1_048_576],
  ["_ms", 1500],
];

/** The document, with an example at each answer in JSON that has none. */
export function withExamples<Given extends Document>(document: Given): Given {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  const calls = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path));
  for (const { responses = {} } of calls as { responses?: Record<string, unknown> }[]) {
    for (const answer of Object.values(responses) as { content?: Content }[]) {
      const json = answer.content?.["application/json"];
      if (json?.schema) json.example ??= exampleOf(json.schema as Schema, schemas, "", []);
    }
  }
  return document;
}

function exampleOf(
  schema: Schema,
  schemas: Record<string, Schema>,
  name: string,
  above: readonly string[],
): unknown {
  const within = (it: Schema, as = name) => exampleOf(it, schemas, as, above);
  if (schema.example !== undefined) return schema.example;
  if (schema.$ref) {
    const known = schemas[schema.$ref.split("/").at(-1)!] ?? {};
    return exampleOf(known, schemas, name, [...above, schema.$ref]);
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((it) => within(it)));
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return within(either.find(({ type }) => type !== "null") ?? {});
  const types = [schema.type ?? []].flat();
  if (types.includes("object")) {
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([key, it]) => [key, within(it, key)]),
    );
  }
  // A tree's branches have branches.
  const isAgain = above.includes(schema.items?.$ref ?? "");
  if (types.includes("array")) return schema.items && !isAgain ? [within(schema.items)] : [];
  return schema.default ?? simpleOf(schema, types, name);
}

function simpleOf({ minimum }: Schema, types: string[], name: string): unknown {
  const fits = (it: unknown) =>
    it === null
      ? types.includes("null")
      : types.includes(typeof it) || Number.isInteger(it) && types.includes("integer");
  const [, byEnd] = ends.find(([end]) => name.endsWith(end)) ?? [];
  for (const it of [known[name], byEnd]) if (it !== undefined && fits(it)) return it;
  if (types.includes("null")) return null;
  if (types.includes("boolean")) return true;
  if (types.includes("integer") || types.includes("number")) return Math.max(1, minimum ?? 1);
  return name.replaceAll("_", " ");
}
