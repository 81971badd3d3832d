/**
 * /api/drives, /api/partitions and /api/volumes: the physical drives of this peer, what is on them,
 * and how it all stands on each other.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import type {
  DriveHealth,
  DriveReport,
  Location,
  MountState,
  Page,
  StoredDrive,
  StoredPartition,
  StoredVolume,
} from "../../drives/mod.ts";
import { only } from "../fields.ts";
import {
  createRoute,
  failures,
  findRoute,
  json,
  listRoute,
  type PageQuery,
  router,
  z,
} from "../router.ts";
import {
  Drive,
  driveBody,
  DriveStats,
  Graph,
  graphBody,
  Partition,
  partitionBody,
  Volume,
  volumeBody,
  Why,
  whyBody,
} from "./drive_bodies.ts";

interface PageOptions {
  limit: number;
  cursor?: string;
}

/** What these resources need; `src/drives` provides it. */
export interface DrivesPort {
  drives(page: PageOptions): Page<StoredDrive>;
  findDrive(id: string): StoredDrive | undefined;
  partitions(page: PageOptions): Page<StoredPartition>;
  findPartition(id: string): StoredPartition | undefined;
  volumes(page: PageOptions): Page<StoredVolume>;
  findVolume(id: string): StoredVolume | undefined;
  /** Whether a volume's mount answers, and its space; undefined for what is not mounted. */
  mountState(volumeId: string): MountState | undefined;
  /** What is present. */
  report(): DriveReport;
  /** What is known of its health; nobody is asked. */
  healthOf(drive: StoredDrive): DriveHealth;
  locate(path: string): Promise<Location>;
  refresh(signal: AbortSignal): Promise<{ drivesAdded: number; partitionsAdded: number }>;
}

const tags = ["drives"];

/** Every tool of every strategy may take its time, and still end before this. */
const REFRESH_MS = 60_000;

const refreshRoute = createRoute({
  method: "post",
  path: "/refresh",
  tags,
  summary: "Detect the drives anew",
  responses: {
    200: json(
      z.object({ drives_added: z.int(), partitions_added: z.int() }),
      "What was not known before",
    ),
    ...failures,
  },
});

const statsRoute = createRoute({
  method: "get",
  path: "/stats",
  tags,
  summary: "How much there is, of what is present",
  responses: { 200: json(DriveStats, "Counts and bytes"), ...failures },
});

const graphRoute = createRoute({
  method: "get",
  path: "/graph",
  tags,
  summary: "How drives, partitions, layers and volumes stand on each other",
  responses: { 200: json(Graph, "Nodes and edges"), ...failures },
});

const whyRoute = createRoute({
  method: "get",
  path: "/why",
  tags,
  summary: "Which drives a read of a path touches, and what proves it",
  request: { query: z.object({ path: z.string().min(1).max(4096) }) },
  responses: { 200: json(Why, "The drives, and the chain that leads to them"), ...failures },
});

export function drives(port: DrivesPort) {
  const body = (it: StoredDrive) => driveBody(it, port.healthOf(it));
  return router()
    .openapi(
      listRoute(Drive, tags, "The physical drives"),
      (c) => {
        const query = c.req.valid("query");
        return c.json(toPage(port.drives(pageQuery(query)), body, query.fields), 200);
      },
    )
    .openapi(refreshRoute, async (c) => {
      const added = await port.refresh(AbortSignal.timeout(REFRESH_MS));
      const { drivesAdded, partitionsAdded } = added;
      return c.json({ drives_added: drivesAdded, partitions_added: partitionsAdded }, 200);
    })
    .openapi(statsRoute, (c) => {
      const { drives, partitions, volumes } = port.report();
      return c.json({
        total_drives: drives.length,
        total_partitions: partitions.length,
        total_volumes: volumes.length,
        total_storage_bytes: drives.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      }, 200);
    })
    .openapi(graphRoute, (c) => c.json(graphBody(port.report().graph), 200))
    .openapi(whyRoute, async (c) => {
      const { path } = c.req.valid("query");
      return c.json(whyBody(path, await port.locate(path)), 200);
    })
    .openapi(
      findRoute(Drive, tags, "One drive"),
      (c) => {
        const it = found(c.req.valid("param").id, "drive", port.findDrive);
        return c.json(only(c.req.valid("query").fields)(body(it)), 200);
      },
    );
}

export function partitions(port: DrivesPort) {
  const body = (it: StoredPartition) => {
    const drive = port.findDrive(it.driveIds[0] ?? "");
    return partitionBody(it, {
      volume: port.findVolume(it.volumeId ?? ""),
      drive: drive && driveBody(drive, port.healthOf(drive)),
    });
  };
  return router()
    .openapi(
      listRoute(Partition, tags, "What partition tables define"),
      (c) => {
        const query = c.req.valid("query");
        return c.json(toPage(port.partitions(pageQuery(query)), body, query.fields), 200);
      },
    )
    .openapi(
      findRoute(Partition, tags, "One partition"),
      (c) => {
        const it = found(c.req.valid("param").id, "partition", port.findPartition);
        return c.json(only(c.req.valid("query").fields)(body(it)), 200);
      },
    );
}

export function volumes(port: DrivesPort) {
  const body = (it: StoredVolume) => volumeBody(it, port.mountState(it.id));
  return router()
    .openapi(
      listRoute(Volume, tags, "The file systems, on whatever they stand"),
      (c) => {
        const query = c.req.valid("query");
        return c.json(toPage(port.volumes(pageQuery(query)), body, query.fields), 200);
      },
    )
    .openapi(
      findRoute(Volume, tags, "One volume"),
      (c) => {
        const it = found(c.req.valid("param").id, "volume", port.findVolume);
        return c.json(only(c.req.valid("query").fields)(body(it)), 200);
      },
    );
}

function found<T>(id: string, what: string, find: (id: string) => T | undefined): T {
  const item = find(id);
  if (!item) throw new NotFoundError(`Cannot find ${what} "${id}"`, { id });
  return item;
}

function pageQuery({ limit, cursor }: z.infer<typeof PageQuery>): PageOptions {
  return { limit, ...cursor !== undefined && { cursor } };
}

function toPage<Item, Body extends object>(
  { items, nextCursor }: Page<Item>,
  body: (item: Item) => Body,
  fields: string | undefined,
) {
  return { items: items.map(body).map(only(fields)), next_cursor: nextCursor ?? null };
}
