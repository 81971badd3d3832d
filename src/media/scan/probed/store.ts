/**
 * What probing has found, in SQLite: what is searched for in columns of its own, the rest as JSON.
 *
 * @module
 */
import type { Database } from "../../../db/mod.ts";
import type { Details, Facts } from "../../details.ts";
import type { Identity } from "../../hash/identity.ts";
import type { Description, MediaKind } from "../../media.ts";
import { insertHashes } from "../../store.ts";

/** What stands beside the description of a file. */
export interface Learnt {
  kind?: MediaKind;
  details?: Details;
  facts?: Facts;
  identity?: Identity;
  /** What is wrong with it, in words for its owner. */
  error?: string;
}

export type ProbedStore = ReturnType<typeof createProbedStore>;

/** Every method is one short synchronous step of its caller's transaction. */
export function createProbedStore(db: Database) {
  const now = () => new Date().toISOString();

  const saveDetails = (id: string, details: Details | undefined): void => {
    if (!details || Object.keys(details).length === 0) {
      db.run("DELETE FROM media_details WHERE media_id = ?", id);
    } else {
      db.run(
        `INSERT INTO media_details (media_id, details) VALUES (?, ?)
         ON CONFLICT (media_id) DO UPDATE SET details = excluded.details
         WHERE details <> excluded.details`,
        id,
        JSON.stringify(details),
      );
    }
  };

  return {
    /** The file has been looked into; one that changed or went meanwhile is left as it is. */
    saveProbe(id: string, found: Description, learnt: Learnt = {}): void {
      const { kind, details, facts, identity, error } = learnt;
      const { videoCodec, audioCodec, width, height, hdr } = mainTracks(found);
      const changed = db.run(
        `UPDATE media SET status = 'probed', error = ?, container = ?, mime_type = ?,
           duration_ms = ?, tracks = ?, bitrate = ?, video_codec = ?, audio_codec = ?, width = ?,
           height = ?, hdr = ?, kind = ifnull(?, kind), identity = ifnull(?, identity),
           updated_at = ?
         WHERE id = ? AND status = 'new'`,
        error ?? null,
        found.container,
        found.mimeType ?? null,
        found.durationMs ?? null,
        JSON.stringify(found.tracks),
        found.bitrate ?? null,
        videoCodec ?? null,
        audioCodec ?? null,
        width ?? null,
        height ?? null,
        hdr ?? null,
        kind ?? null,
        identity?.identity ?? null,
        now(),
        id,
      );
      if (changed === 0) return;
      if (identity?.oshash) insertHashes(db, id, { oshash: identity.oshash });
      if (details) saveDetails(id, details);
      if (facts) saveFacts(id, facts);
    },

    /** What is known of a file before ffprobe has looked into it: it goes on waiting. */
    saveBeside(id: string, { kind, details, identity }: Learnt): void {
      db.run(
        `UPDATE media SET kind = ifnull(?, kind), identity = ifnull(?, identity)
         WHERE id = ? AND status = 'new'`,
        kind ?? null,
        identity?.identity ?? null,
        id,
      );
      if (identity?.oshash) insertHashes(db, id, { oshash: identity.oshash });
      saveDetails(id, details);
    },

    detailsOf(id: string): Details {
      const row = db.get<{ details: string }>(
        "SELECT details FROM media_details WHERE media_id = ?",
        id,
      );
      return row ? JSON.parse(row.details) as Details : {};
    },
  };

  /** Its item hears of them by the trigger media_facts; not where nothing is new. */
  function saveFacts(id: string, facts: Facts): void {
    const text = JSON.stringify(facts);
    db.run("UPDATE media SET facts = ? WHERE id = ? AND facts IS NOT ?", text, id, text);
  }
}

/** What a search asks for: the first picture, and the sound that is heard unless somebody chooses. */
export function mainTracks({ tracks }: Description) {
  const video = tracks.find(({ kind }) => kind === "video");
  const sounds = tracks.filter(({ kind }) => kind === "audio");
  const audio = sounds.find((it) => it.default) ?? sounds[0];
  return {
    videoCodec: video?.codec,
    audioCodec: audio?.codec,
    width: video?.width,
    height: video?.height,
    hdr: video?.hdr,
  };
}
