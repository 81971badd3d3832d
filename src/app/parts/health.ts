/**
 * How the agent is, part by part.
 *
 * @module
 */
import { run } from "../../base/command.ts";
import type { Parts } from "../../http/mod.ts";
import type { DriveReport } from "../../drives/mod.ts";
import { hasFfprobe } from "../../media/mod.ts";
import type { Lanes } from "../../pool/mod.ts";
import { edgePart, linkPart } from "./edge/health.ts";
import type { EdgeRole } from "./edge_role.ts";
import type { PeerLink } from "./peer_link.ts";
import type { Peer } from "./peer.ts";
import { type Watcher, watchPart } from "./watcher.ts";

export interface HealthOptions {
  role: "peer" | "edge";
  peer: Peer | undefined;
  watcher: Watcher | undefined;
  edge: EdgeRole | undefined;
  link: PeerLink | undefined;
  peerId: string;
}

const NO_FFMPEG = "ffmpeg is not installed: no pictures are made of films, and nothing is known " +
  "about what is in AVI files and others that giggityflix cannot read by itself";
/** ffmpeg may be installed, or removed, while we run. */
const LOOK_EVERY_MS = 60_000;

export function createHealth({ role, peer, watcher, edge, link, peerId }: HealthOptions) {
  let ffprobe = false;
  let lookedAt = -Infinity;
  const lookForFfprobe = () => {
    if (performance.now() - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = performance.now();
    void hasFfprobe(run).then((found) => ffprobe = found);
  };
  lookForFfprobe();

  const parts = async (): Promise<Parts> => {
    lookForFfprobe();
    return {
      role: { status: "healthy", name: role, ...peer && { peer_id: peerId } },
      ...peer && {
        media: mediaPart(peer),
        drives: drivesPart(peer.drives),
        ...watcher && { watch: watchPart(watcher.states()) },
        ffmpeg: {
          status: ffprobe ? "healthy" : "off",
          available: ffprobe,
          ...!ffprobe && { problems: [{ text: NO_FFMPEG }] },
        },
      },
      ...link && {
        link: { ...linkPart(link), ...edge && { address: edge.address() ?? null } },
      },
      edge: edge ? await edgePart(edge) : { status: "off" },
    };
  };
  return { parts };
}

function mediaPart(peer: Peer): Parts[string] {
  const { files, bytes, withErrors, byStatus } = peer.library.counts();
  const { running, failed } = peer.library.scanState();
  const bad = peer.items.exchange.bad();
  return {
    status: failed ? "degraded" : "healthy",
    files,
    bytes,
    with_errors: withErrors,
    by_status: byStatus,
    scanning: running,
    samples_only: peer.samplesOnly(),
    folders: peer.folders(),
    ...failed && { failed },
    problems: [
      ...failed ? [{ text: `The last scan gave up: ${failed}` }] : [],
      ...bad.count > 0 ? [{ text: badLines(bad) }] : [],
    ],
  };
}

function badLines({ count, problem }: ReturnType<Peer["items"]["exchange"]["bad"]>): string {
  return `${count} lines of an import are not in, or not wholly, though their films are here; ` +
    `each scan tries again. The first: ${problem}`;
}

/** Degraded while a drive is failing, or a file system that is mounted does not answer. */
export function drivesPart(drives: HealthOfDrives): Parts[string] {
  const { drives: present, volumes } = drives.report();
  const failing = present.filter((drive) => drives.healthOf(drive).verdict === "failing");
  const silent = volumes.filter(({ id }) => drives.mountState(id)?.answering === false);
  return {
    status: failing.length + silent.length > 0 ? "degraded" : "healthy",
    present: present.length,
    failing: failing.map(({ id }) => id),
    not_answering: silent.map(({ id }) => id),
    problems: [
      ...failing.map(({ id, model }) => ({
        text: `The drive ${model ?? id} is failing: save what is on it`,
        fix: `giggityflix drives health ${id}`,
      })),
      ...silent.map(({ id }) => ({
        text: `The volume ${id} does not answer: ${drives.mountState(id)?.reason ?? "it hangs"}`,
      })),
    ],
    lanes: drives.lanes.list().map(({ driveIds, limit, held, waiting, streaming }) => ({
      drive_ids: driveIds,
      limit,
      held: sum(held),
      waiting: sum(waiting),
      streaming,
    })),
  };
}

export interface HealthOfDrives extends Pick<Peer["drives"], "healthOf" | "mountState"> {
  report(): Pick<DriveReport, "drives" | "volumes">;
  lanes: Pick<Lanes, "list">;
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
