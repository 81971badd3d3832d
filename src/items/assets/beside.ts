/**
 * What lies beside a film, as assets: its subtitles and its NFO file. A scan has found them, and no
 * row is kept of them: their ids say which file they are.
 *
 * @module
 */
import type { Details, Sidecar } from "../../media/mod.ts";
import type { Asset } from "./store.ts";

const types: Record<string, string> = {
  srt: "application/x-subrip",
  vtt: "text/vtt",
  ass: "text/x-ssa",
  ssa: "text/x-ssa",
};

/**
 * @param details of the item's file, as a scan keeps them
 * @param sizes Name → bytes, as the scan has seen them.
 */
export function assetsBeside(
  itemId: string,
  details: Details,
  sizes: ReadonlyMap<string, number>,
): Asset[] {
  const { sidecars = [], nfo } = details;
  return [
    ...sidecars.map((it) =>
      asset(itemId, "subtitle", it.name, typeOf(it), { ...it, name: undefined })
    ),
    ...nfo ? [asset(itemId, "nfo", nfo.path, "text/xml", { problem: nfo.problem })] : [],
  ].map((it) => ({ ...it, sizeBytes: sizes.get(it.path) ?? null })).sort((one, other) =>
    one.id < other.id ? -1 : 1
  );
}

/** Which item and file an id speaks of; undefined of other ids. */
export function parseBesideId(id: string): { itemId: string; name: string } | undefined {
  const [prefix, itemId, encoded] = id.split("~");
  if (prefix !== "file" || !itemId || !encoded) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(encoded, { alphabet: "base64url" });
    return { itemId, name: new TextDecoder().decode(bytes) };
  } catch {
    return undefined; // nobody's id
  }
}

function asset(
  itemId: string,
  kind: string,
  name: string,
  mimeType: string,
  details: Record<string, unknown>,
): Asset {
  const encoded = new TextEncoder().encode(name).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  return {
    id: `file~${itemId}~${encoded}`,
    itemId,
    kind,
    label: name,
    origin: "file",
    path: name,
    mimeType,
    width: null,
    height: null,
    sizeBytes: null,
    details: JSON.parse(JSON.stringify(details)),
    madeOf: null,
    version: 1,
    generatedAt: "",
    usedAt: "",
  };
}

function typeOf({ format }: Sidecar): string {
  return types[format] ?? "application/octet-stream";
}
