/**
 * All numbers of this program for `/metrics`: each part tells its own.
 *
 * @module
 */
import type { Metric } from "../../base/metrics.ts";
import { VERSION } from "../../base/version.ts";
import { healthMetrics } from "../../drives/mod.ts";
import { jobMetrics, laneMetrics, workerMetrics } from "../../pool/mod.ts";
import type { Sessions } from "../../stream/mod.ts";
import type { EdgeRole } from "./edge_role.ts";
import type { Peer } from "./peer.ts";
import type { PeerLink } from "./peer_link.ts";

export interface MetricsOptions {
  peer: Peer | undefined;
  edge: EdgeRole | undefined;
  link: Pick<PeerLink, "metrics"> | undefined;
  sessions: Pick<Sessions, "list"> | undefined;
  eventLoop: () => Metric[];
}

/** When this process began; Prometheus sees a restart by it. */
const startedS = (performance.timeOrigin / 1000).toFixed(3);

export function createMetrics({ peer, edge, link, sessions, eventLoop }: MetricsOptions) {
  return (): Metric[] => [
    gauge("giggityflix_build_info", "1, with the version", 1, { version: VERSION }),
    gauge("process_start_time_seconds", "Start of the process since 1970", Number(startedS)),
    gauge("process_resident_memory_bytes", "Resident memory", Deno.memoryUsage().rss),
    ...eventLoop(),
    ...peer ? peerMetrics(peer) : [],
    ...link ? link.metrics() : [],
    ...sessions
      ? [gauge("giggityflix_streams_open", "Films that play from here", sessions.list().length)]
      : [],
    ...edge
      ? [
        gauge("giggityflix_edge_peers_online", "Peers of this edge", edge.peersOnline()),
        ...edge.metrics(),
      ]
      : [],
  ];
}

function peerMetrics({ drives, jobs, library }: Peer): Metric[] {
  const { byStatus, bytes } = library.counts();
  const files = Object.entries(byStatus).map(([status, value]) => ({ labels: { status }, value }));
  const present = drives.report().drives;
  return [
    ...laneMetrics(drives.lanes.list()),
    ...workerMetrics(library.workers.counts()),
    ...jobMetrics(jobs.countByState()),
    gauge("giggityflix_drives_present", "Physical drives that are there", present.length),
    ...healthMetrics(present.map((drive) => ({
      driveId: drive.id,
      name: drive.name,
      health: drives.healthOf(drive),
      wakes: drives.wakesOf(drive.id),
    }))),
    {
      name: "giggityflix_media_files",
      type: "gauge",
      help: "Files in the library by their status",
      samples: files,
    },
    gauge("giggityflix_media_bytes", "Size of the files that are there", bytes),
  ];
}

function gauge(
  name: string,
  help: string,
  value: number,
  labels: Record<string, string> = {},
): Metric {
  return { name, type: "gauge", help, samples: [{ labels, value }] };
}
