/**
 * Groups of duplicates, and what was done with them, in REST's words.
 *
 * @module
 */
import type {
  BulkReport,
  Group,
  GroupDetail,
  LookReport,
  Member,
  Outcome,
  Resolved,
} from "../../../../items/mod.ts";
import { groupKinds, groupStates, hows } from "../../../../items/mod.ts";
import { z } from "../../../router.ts";
import { MediaStatus } from "../../../schemas.ts";

const A_GROUP = "dup-5c1f0a7d9be34c52a1f06e7b";
const A_FILE = "0b6e2c0e-6f0a-4c8e-9a51-0d7f3a1c2b11";
const OTHER_FILE = "4f7d1b52-8a5b-4c1b-9c0e-55c1a1e0b7aa";

export const GroupKind = z.enum(groupKinds).openapi({
  description: "The same bytes, alike to look at, or only the same name",
  example: "exact",
});
export const GroupState = z.enum(groupStates).openapi({ example: "open" });
export const How = z.enum(hows).openapi({
  description: "Into the trash of its volume, for good, or one file with the keeper (exact only)",
  example: "trash",
});

export const DuplicateGroup = z.object({
  id: z.string().openapi({ example: A_GROUP, description: "The same from look to look" }),
  kind: GroupKind,
  key: z.string().openapi({
    example: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  }),
  title: z.string().openapi({ example: "Heat" }),
  files: z.int().openapi({ example: 2, description: "Here or offline" }),
  reclaimable_bytes: z.int().openapi({ example: 4_294_967_296 }),
  state: GroupState,
  version: z.int(),
  found_at: z.string(),
}).openapi("DuplicateGroup");

export const DuplicateMember = z.object({
  media_id: z.string().openapi({ example: A_FILE }),
  root: z.string().openapi({ example: "/mnt/films" }),
  relative_path: z.string().openapi({ example: "Heat (1995)/heat.mkv" }),
  size_bytes: z.int(),
  modified_at: z.string(),
  status: MediaStatus,
  error: z.string().nullable(),
  drive_ids: z.array(z.string()),
  volume_id: z.string().nullable(),
  distance: z.number().nullable().openapi({
    example: 0.12,
    description:
      "How far its pictures are from the first file's: 0 the same, 1 nothing in common; " +
      "null where only the names were compared",
  }),
  duration_ms: z.int().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  bitrate: z.int().nullable(),
  video_codec: z.string().nullable(),
  added_at: z.string(),
}).openapi("DuplicateMember");

export const DuplicateDetail = DuplicateGroup.extend({
  members: z.array(DuplicateMember),
  suggestion: z.object({
    keep: z.string().nullable().openapi({ example: A_FILE }),
    reasons: z.array(z.string()).openapi({ example: ["its drive is healthy"] }),
  }),
}).openapi("DuplicateDetail");

export const GroupEdit = z.strictObject({ state: z.enum(["open", "dismissed"]) })
  .openapi("DuplicateEdit", { example: { state: "dismissed" } });

export const ResolveRequest = z.strictObject({
  keep: z.string().min(1).max(300),
  remove: z.array(z.string().min(1).max(300)).min(1).max(1000),
  how: How.default("trash"),
}).openapi("ResolveDuplicates", {
  example: { keep: A_FILE, remove: [OTHER_FILE], how: "trash" },
});

export const Resolution = z.object({
  group: DuplicateGroup,
  keep: z.string(),
  how: How,
  batch: z.string().openapi({ description: "By which /api/changes finds all of it" }),
  outcomes: z.array(z.object({
    media_id: z.string().openapi({ example: OTHER_FILE }),
    done: z.enum(["trashed", "deleted", "linked", "cloned", "one already"]).nullable(),
    problem: z.string().nullable().openapi({ description: "Why it was left as it is" }),
    reclaimed_bytes: z.int(),
    trash_id: z.string().nullable(),
    taken_over: z.object({
      tags: z.int(),
      ratings: z.int(),
      people: z.int(),
      collections: z.int(),
      notes: z.int(),
      fields: z.array(z.string()),
    }).nullable().openapi({ description: "What the keeper has from it now" }),
  })),
}).openapi("DuplicateResolution");

export const BulkRequest = z.strictObject({
  group_ids: z.array(z.string().max(300)).max(5000).optional().openapi({
    description: "All open groups of the same bytes unless said",
  }),
  how: How.default("trash"),
  dry_run: z.boolean().default(true).openapi({ description: "Touches nothing, and says what" }),
  limit: z.int().min(1).max(5000).default(500),
}).openapi("ResolveAllDuplicates", { example: { how: "trash", dry_run: true, limit: 500 } });

export const BulkResult = z.object({
  dry_run: z.boolean(),
  groups: z.int(),
  files: z.int(),
  reclaimable_bytes: z.int(),
  failed: z.int(),
  steps: z.array(z.object({
    group_id: z.string().openapi({ example: A_GROUP }),
    keep: z.string().nullable(),
    reasons: z.array(z.string()),
    remove: z.array(z.string()),
    reclaimable_bytes: z.int(),
    problem: z.string().nullable(),
  })),
}).openapi("DuplicatesResolved");

export const LookRequest = z.strictObject({
  full: z.boolean().default(false).openapi({ description: "Also what was looked at before" }),
  kinds: z.array(GroupKind).min(1).max(3).optional(),
  wait: z.boolean().default(false),
}).openapi("LookForDuplicates", { example: { kinds: ["exact"], wait: true } });

export const LookResult = z.object({
  kinds: z.partialRecord(
    z.enum(groupKinds),
    z.object({ groups: z.int(), reclaimable_bytes: z.int() }),
  ).openapi({ example: { exact: { groups: 3, reclaimable_bytes: 12_884_901_888 } } }),
  seconds: z.number(),
  longest_step_ms: z.number(),
}).openapi("DuplicatesFound");

export type DuplicateGroup = z.infer<typeof DuplicateGroup>;
export type DuplicateDetail = z.infer<typeof DuplicateDetail>;
export type DuplicateResolution = z.infer<typeof Resolution>;
export type DuplicatesFound = z.infer<typeof LookResult>;
export type DuplicatesResolved = z.infer<typeof BulkResult>;

export function groupBody(it: Group): z.infer<typeof DuplicateGroup> {
  return {
    id: it.id,
    kind: it.kind,
    key: it.key,
    title: it.title,
    files: it.files,
    reclaimable_bytes: it.reclaimableBytes,
    state: it.state,
    version: it.version,
    found_at: it.foundAt,
  };
}

export function detailBody(it: GroupDetail): z.infer<typeof DuplicateDetail> {
  const { keep = null, reasons } = it.suggestion;
  const members = it.members.map((member) => memberBody(member, it.kind));
  return { ...groupBody(it), members, suggestion: { keep, reasons } };
}

function memberBody(it: Member, kind: Group["kind"]): z.infer<typeof DuplicateMember> {
  return {
    media_id: it.id,
    root: it.root,
    relative_path: it.relativePath,
    size_bytes: it.sizeBytes,
    modified_at: new Date(it.modifiedMs).toISOString(),
    status: it.status,
    error: it.error ?? null,
    drive_ids: it.driveIds,
    volume_id: it.volumeId ?? null,
    distance: kind === "title" ? null : it.distance,
    duration_ms: it.durationMs ?? null,
    width: it.width ?? null,
    height: it.height ?? null,
    bitrate: it.bitrate ?? null,
    video_codec: it.videoCodec ?? null,
    added_at: it.addedAt,
  };
}

export function resolvedBody(it: Resolved): z.infer<typeof Resolution> {
  const { group, keep, how, batch, outcomes } = it;
  return { group: groupBody(group), keep, how, batch, outcomes: outcomes.map(outcomeBody) };
}

function outcomeBody(it: Outcome) {
  return {
    media_id: it.id,
    done: it.done ?? null,
    problem: it.problem ?? null,
    reclaimed_bytes: it.reclaimedBytes,
    trash_id: it.trashId ?? null,
    taken_over: it.takenOver ?? null,
  };
}

export function bulkBody(it: BulkReport): z.infer<typeof BulkResult> {
  return {
    dry_run: it.dryRun,
    groups: it.groups,
    files: it.files,
    reclaimable_bytes: it.reclaimableBytes,
    failed: it.failed,
    steps: it.steps.map(({ groupId, keep, reasons, remove, reclaimableBytes, problem }) => ({
      group_id: groupId,
      keep: keep ?? null,
      reasons,
      remove,
      reclaimable_bytes: reclaimableBytes,
      problem: problem ?? null,
    })),
  };
}

export function lookBody(
  { kinds, seconds, longestStepMs }: LookReport,
): z.infer<typeof LookResult> {
  const sums = Object.entries(kinds).map(([kind, { groups, reclaimableBytes }]) =>
    [kind, { groups, reclaimable_bytes: reclaimableBytes }] as const
  );
  return {
    kinds: Object.fromEntries(sums),
    seconds: Math.round(seconds * 1000) / 1000,
    longest_step_ms: Math.round(longestStepMs * 10) / 10,
  };
}
