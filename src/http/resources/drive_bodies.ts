/**
 * Drives, partitions, volumes and the graph between them as REST shows them.
 *
 * @module
 */
import type {
  DriveGraph,
  DriveHealth,
  Location,
  MountState,
  StoredDrive,
  StoredPartition,
  StoredVolume,
} from "../../drives/mod.ts";
import { z } from "../router.ts";
import { DrivePower, DriveVerdict } from "./drive_health.ts";

export const Drive = z.object({
  id: z.string(),
  name: z.string(),
  manufacturer: z.string().optional(),
  model: z.string().optional(),
  serial: z.string().optional(),
  wwn: z.string().optional(),
  size_bytes: z.int(),
  kind: z.string().openapi({ example: "hdd" }),
  evidence: z.string().openapi({ description: "Why that kind, and what the id is made of" }),
  bus: z.string().optional(),
  rotation_rpm: z.int().optional(),
  removable: z.boolean(),
  present: z.boolean(),
  health: DriveVerdict.openapi({ description: "More of it: /api/drives/{id}/health" }),
  power_state: DrivePower,
  detected_at: z.string(),
  updated_at: z.string(),
}).openapi("Drive");

export const Partition = z.object({
  id: z.string(),
  name: z.string(),
  mount_point: z.string().nullable().openapi({ description: "The first of its volume's" }),
  mount_points: z.array(z.string()),
  physical_drive: z.string().nullable().openapi({ description: "The first of drive_ids" }),
  physical_drive_detail: Drive.nullable(),
  drive_ids: z.array(z.string()),
  volume_id: z.string().nullable().openapi({ description: "The volume directly on it" }),
  uuid: z.string().optional().openapi({ description: "The partition table's own id of it" }),
  label: z.string().optional(),
  filesystem_type: z.string().optional(),
  size_bytes: z.int(),
  present: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
}).openapi("Partition");

export const Volume = z.object({
  id: z.string(),
  name: z.string(),
  drive_ids: z.array(z.string()).openapi({ description: "Every physical drive beneath it" }),
  filesystem_type: z.string().optional(),
  uuid: z.string().optional(),
  label: z.string().optional(),
  mount_points: z.array(z.string()),
  size_bytes: z.int().openapi({ description: "Of the devices beneath it" }),
  answering: z.boolean().nullable().openapi({
    description: "Whether its mount answers; null where it is not mounted",
  }),
  not_answering_since: z.string().nullable(),
  not_answering_reason: z.string().nullable(),
  total_bytes: z.int().optional(),
  free_bytes: z.int().optional(),
  read_only: z.boolean().optional(),
  devices: z.array(z.string()),
  present: z.boolean(),
  detected_at: z.string(),
  updated_at: z.string(),
}).openapi("Volume");

export const Graph = z.object({
  nodes: z.array(z.object({
    id: z.string(),
    type: z.enum(["drive", "partition", "layer", "volume"]),
    name: z.string(),
    layer: z.string().optional().openapi({ example: "raid1" }),
    size_bytes: z.int().optional(),
  })),
  edges: z.array(z.object({
    from: z.string().openapi({ description: "What stands on `to`" }),
    to: z.string(),
    role: z.string().optional().openapi({ example: "cache" }),
  })),
}).openapi("DriveGraph");

export const Why = z.object({
  path: z.string(),
  drive_ids: z.array(z.string()).openapi({ description: "Every drive that a read of it touches" }),
  volume_id: z.string().nullable(),
  mount_point: z.string().nullable(),
  path_in_volume: z.string().nullable().openapi({
    description: "From the volume's own root: the same wherever it is mounted",
  }),
  chain: z.array(z.string()).openapi({ description: "From the mount down to the drives" }),
  steps: z.array(z.object({
    type: z.string().openapi({ example: "layer" }),
    id: z.string().optional().openapi({ description: "As in /api/drives/graph/" }),
    name: z.string(),
    role: z.string().optional().openapi({ example: "cache" }),
    text: z.string(),
  })).openapi({ description: "The chain as data" }),
}).openapi("Why");

export const DriveStats = z.object({
  total_drives: z.int(),
  total_partitions: z.int(),
  total_volumes: z.int(),
  total_storage_bytes: z.int(),
}).openapi("DriveStats");

export function driveBody(it: StoredDrive, health: DriveHealth): z.infer<typeof Drive> {
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
    rotation_rpm: it.rotationRpm,
    removable: it.removable,
    present: it.present,
    health: health.verdict,
    power_state: health.powerState,
    detected_at: it.firstSeenAt,
    updated_at: it.lastSeenAt,
  };
}

export function partitionBody(
  it: StoredPartition,
  { volume, drive }: {
    volume: StoredVolume | undefined;
    drive: z.infer<typeof Drive> | undefined;
  },
): z.infer<typeof Partition> {
  return {
    id: it.id,
    name: it.name,
    mount_point: volume?.mountPoints[0] ?? null,
    mount_points: volume?.mountPoints ?? [],
    physical_drive: it.driveIds[0] ?? null,
    physical_drive_detail: drive ?? null,
    drive_ids: it.driveIds,
    volume_id: it.volumeId ?? null,
    uuid: it.uuid,
    label: it.label,
    filesystem_type: volume?.fileSystem,
    size_bytes: it.sizeBytes,
    present: it.present,
    created_at: it.firstSeenAt,
    updated_at: it.lastSeenAt,
  };
}

export function volumeBody(it: StoredVolume, mount?: MountState): z.infer<typeof Volume> {
  const isHanging = mount?.answering === false;
  return {
    id: it.id,
    name: it.name,
    drive_ids: it.driveIds,
    filesystem_type: it.fileSystem,
    uuid: it.uuid,
    label: it.label,
    mount_points: it.mountPoints,
    size_bytes: it.sizeBytes,
    answering: it.present ? mount?.answering ?? null : null,
    not_answering_since: isHanging ? mount.since : null,
    not_answering_reason: isHanging ? mount.reason ?? null : null,
    // The mount's word is newer than the detection's.
    total_bytes: mount?.totalBytes ?? it.totalBytes,
    free_bytes: mount?.freeBytes ?? it.freeBytes,
    read_only: it.readOnly,
    devices: it.devices,
    present: it.present,
    detected_at: it.firstSeenAt,
    updated_at: it.lastSeenAt,
  };
}

export function graphBody({ nodes, edges }: DriveGraph): z.infer<typeof Graph> {
  return {
    nodes: nodes.map(({ sizeBytes, ...node }) => ({ ...node, size_bytes: sizeBytes })),
    edges,
  };
}

export function whyBody(path: string, it: Location): z.infer<typeof Why> {
  return {
    path,
    drive_ids: it.driveIds,
    volume_id: it.volumeId ?? null,
    mount_point: it.mountPoint ?? null,
    path_in_volume: it.pathInVolume ?? null,
    chain: it.chain.map(({ text }) => text),
    steps: it.chain,
  };
}
