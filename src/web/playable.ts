/** Whether a film of the catalogue plays in this browser now, and if not, exactly why. @module */
import type { CatalogItem } from "../http/schemas.ts";
import { planPlayback, type Supports, whyUnreadable } from "./player/plan.ts";

export interface Playable {
  canPlay: boolean;
  /** Why not; or, when it plays, what is missing. */
  why?: string;
}

/** Judged by what the peer found in the file, before a byte of it is fetched. */
export function judge(item: CatalogItem, supports: Supports): Playable {
  if (!item.online) return no("No peer that holds this film is connected now.");
  if (!item.media) return no(`${unknownContent(item)}.`);
  const { container, tracks } = item.media;
  const asked = tracks.map((it) => ({ ...it, codecString: it.codec_string }));
  const verdict = planPlayback(asked, supports);

  const unreadable = whyUnreadable(container);
  if (unreadable) return no("why" in verdict ? `${unreadable} ${verdict.why}` : unreadable);
  if ("why" in verdict) return no(verdict.why);
  return verdict.plan.note ? { canPlay: true, why: verdict.plan.note } : { canPlay: true };
}

function no(why: string): Playable {
  return { canPlay: false, why };
}

function unknownContent(item: CatalogItem): string {
  const name = item.replicas[0]?.relative_path ?? "";
  const [, extension] = /\.([a-z0-9]{2,5})$/i.exec(name) ?? [];
  const kind = extension ? `${extension.toUpperCase()} file` : "file";
  return `The peer could not find out what is in this ${kind}, so it cannot be played here`;
}

/** What this browser's media source takes. Safari on a phone has a managed one only. */
export const browserSupports: Supports = (mimeType) =>
  typeof MediaSource !== "undefined" && MediaSource.isTypeSupported(mimeType);
