/**
 * How the agent is, part by part.
 *
 * @module
 */
import { run } from "../../base/command.ts";
import type { ServiceFailure } from "../../base/service.ts";
import { counted } from "../../base/text/counted.ts";
import type { Parts } from "../../http/mod.ts";
import type { DriveReport } from "../../drives/mod.ts";
import { type Confirmation, hasFfprobe } from "../../media/mod.ts";
import type { Lanes } from "../../pool/mod.ts";
import { edgePart, linkPart } from "./edge/health.ts";
import type { EdgeRole } from "./edge_role.ts";
import type { PeerLink } from "./peer_link.ts";
import type { Peer } from "./peer.ts";
import { whyAway } from "./drives/places.ts";
import { type Watcher, watchPart } from "./watcher.ts";

export interface HealthOptions {
  role: "peer" | "edge";
  peer: Peer | undefined;
  watcher: Watcher | undefined;
  edge: EdgeRole | undefined;
  link: PeerLink | undefined;
  peerId: string;
  /** The last failure of each service that has had one. */
  failures: ReadonlyMap<string, ServiceFailure>;
}

const NO_FFMPEG = "ffmpeg is not installed: no pictures are made of films, and nothing is known " +
  "about what is in AVI files and others that giggityflix cannot read by itself";
/** ffmpeg may be installed, or removed, while we run. */
const LOOK_EVERY_MS = 60_000;

export function createHealth(options: HealthOptions) {
  const { role, peer, watcher, edge, link, peerId, failures } = options;
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
      services: servicesPart(failures),
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
  const unsettled = [
    ...unconfirmedIn(peer.library.confirmations()),
    ...byStatus.offline ? awayIn(peer) : [],
  ];
  return {
    status: failed || unsettled.length > 0 ? "degraded" : "healthy",
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
      ...unsettled,
    ],
  };
}

/** Files that a scan has not found, so many that a person has to say whether they are gone. */
export function unconfirmedIn(confirmations: readonly Confirmation[]) {
  return confirmations.map(({ id, root, files }) => ({
    text: counted(
      files,
      `file of ${root} was not found, and waits for your word whether it is gone`,
      `files of ${root} were not found, and wait for your word whether they are gone`,
    ),
    fix: `giggityflix scan --confirm "${root}"`,
    confirmation: id,
  }));
}

/** Volumes that are away, by the media folders whose files lie there. */
function awayIn({ library, drives }: Peer) {
  return library.volumes().flatMap((id) => {
    const volume = drives.findVolume(id);
    const isHere = volume?.present && volume.mountPoints.length > 0 &&
      drives.mountState(id)?.answering !== false;
    const root = isHere ? undefined : library.offlineRootOf(id);
    return root === undefined
      ? []
      : [{ text: `Files of ${root} are offline: ${whyAway(id, drives)}` }];
  });
}

/** Services that have failed a short while ago; each is tried again. */
export function servicesPart(
  failures: HealthOptions["failures"],
  now = Date.now(),
): Parts[string] {
  const recent = [...failures].filter(([, { at }]) => now - at.getTime() < RECENT_MS);
  return {
    status: recent.length > 0 ? "degraded" : "healthy",
    problems: recent.map(([name, { reason, at, attempts }]) => ({
      text: `The service "${name}" has failed ${attempts === 1 ? "once" : `${attempts} times`}, ` +
        `last at ${at.toISOString()}: ${reason}. It is tried again by itself; the log says more`,
    })),
  };
}

/** Tried again at intervals that grow to less than this. */
const RECENT_MS = 10 * 60_000;

function badLines({ count, problem }: ReturnType<Peer["items"]["exchange"]["bad"]>): string {
  const lines = counted(
    count,
    "line of an import is not in, or not wholly, though its film is here",
    "lines of an import are not in, or not wholly, though their films are here",
  );
  return `${lines}; each scan tries again. The first: ${problem}`;
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
