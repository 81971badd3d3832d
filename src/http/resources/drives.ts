/**
 * /api/drives and /api/partitions: the physical drives of this peer, and what is mounted from them.
 *
 * @module
 */
import { NotFoundError } from "../../base/errors.ts";
import type { Page, StoredDrive, StoredPartition } from "../../drives/mod.ts";
import {
  createRoute,
  failures,
  findRoute,
  json,
  listRoute,
  PageQuery,
  router,
  z,
} from "../router.ts";
import { Drive, Partition } from "../schemas.ts";

/** What these resources need; `src/drives` provides it. */
export interface DrivesPort {
  drives(page: { limit: number; cursor?: string }): Page<StoredDrive>;
  findDrive(id: string): StoredDrive | undefined;
  partitions(page: { limit: number; cursor?: string }): Page<StoredPartition>;
  findPartition(id: string): StoredPartition | undefined;
  refresh(signal: AbortSignal): Promise<{ drivesAdded: number; partitionsAdded: number }>;
}

const tags = ["drives"];

/** Every tool of every strategy may take its time, and still end before this. */
const REFRESH_MS = 60_000;

export function drives(port: DrivesPort) {
  return router()
    .openapi(
      listRoute(Drive, tags, "The physical drives"),
      (c) => c.json(toPage(port.drives(pageQuery(c.req.valid("query"))), driveBody), 200),
    )
    .openapi(
      createRoute({
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
      }),
      async (c) => {
        const { drivesAdded, partitionsAdded } = await port.refresh(
          AbortSignal.timeout(REFRESH_MS),
        );
        return c.json({ drives_added: drivesAdded, partitions_added: partitionsAdded }, 200);
      },
    )
    .openapi(
      findRoute(Drive, tags, "One drive"),
      (c) => {
        const { id } = c.req.valid("param");
        const drive = port.findDrive(id);
        if (!drive) throw new NotFoundError(`Cannot find drive "${id}"`, { id });
        return c.json(driveBody(drive), 200);
      },
    );
}

export function partitions(port: DrivesPort) {
  return router()
    .openapi(
      listRoute(Partition, tags, "Everything that carries a file system"),
      (c) => c.json(toPage(port.partitions(pageQuery(c.req.valid("query"))), partitionBody), 200),
    )
    .openapi(
      findRoute(Partition, tags, "One partition"),
      (c) => {
        const { id } = c.req.valid("param");
        const partition = port.findPartition(id);
        if (!partition) throw new NotFoundError(`Cannot find partition "${id}"`, { id });
        return c.json(partitionBody(partition), 200);
      },
    );
}

function pageQuery({ limit, cursor }: z.infer<typeof PageQuery>) {
  return { limit, ...cursor !== undefined && { cursor } };
}

function toPage<Item, Body>({ items, nextCursor }: Page<Item>, body: (item: Item) => Body) {
  return { items: items.map(body), next_cursor: nextCursor ?? null };
}

function driveBody(it: StoredDrive): z.infer<typeof Drive> {
  return {
    id: it.id,
    name: it.name,
    manufacturer: it.vendor,
    model: it.model,
    serial: it.serial,
    wwn: it.wwn,
    size_bytes: it.sizeBytes,
    kind: it.kind,
    evidence: it.evidence,
    bus: it.bus,
    removable: it.removable,
    present: it.present,
    detected_at: it.firstSeenAt,
    updated_at: it.lastSeenAt,
  };
}

function partitionBody(it: StoredPartition): z.infer<typeof Partition> {
  return {
    id: it.id,
    name: it.name,
    mount_point: it.mountPoints[0] ?? null,
    mount_points: it.mountPoints,
    physical_drive: it.driveIds[0] ?? null,
    drive_ids: it.driveIds,
    filesystem_type: it.fileSystem,
    uuid: it.uuid,
    label: it.label,
    size_bytes: it.sizeBytes,
    present: it.present,
    created_at: it.firstSeenAt,
    updated_at: it.lastSeenAt,
  };
}
