/**
 * Ingest plans, steps and reports in REST's words.
 *
 * @module
 */
import {
  ingestModes,
  type IngestPlan,
  ingestPolicies,
  ingestPolicyNames,
  type IngestReport,
  ingestStates,
  type IngestStep,
  outcomeOf,
  outcomes,
  reasonOfStep,
  stepStates,
} from "../../../../items/mod.ts";
import { z } from "../../../router.ts";

const Policy = z.enum(ingestPolicyNames as [string, ...string[]]).openapi({
  description: ingestPolicyNames.map((it) => `${it}: ${ingestPolicies[it].says}`).join("; "),
  example: "by-title",
});
const Mode = z.enum(ingestModes).openapi({
  description: "hardlink: within one volume; reflink: where the file system shares blocks",
  example: "move",
});
const path = z.string().min(1).max(4000);

export const NewPlan = z.strictObject({
  sources: z.array(path).min(1).max(1000).openapi({
    description: "Files and folders, absolute. In a media folder or in INGEST_DIRS; for who asks " +
      "on the machine itself anywhere",
    example: ["/downloads/films"],
  }),
  target: path.optional().openapi({
    description: "Absolute, in a media folder; may be left out where there is only one",
    example: "/films",
  }),
  policy: Policy.optional(),
  mode: Mode.optional(),
  on_clash: z.enum(["skip", "number"]).default("skip").openapi({
    description: 'Where the name is taken: leave the file, or take "Film (2).mkv"',
  }),
  sidecars: z.boolean().default(true).openapi({
    description: "Whether subtitles, NFO files and pictures of a film's name go along",
  }),
}).openapi("NewIngestPlan", {
  example: {
    sources: ["/downloads/films"],
    target: "/films",
    policy: "by-title",
    mode: "move",
    on_clash: "skip",
    sidecars: true,
  },
});

export const StepEditBody = z.strictObject({
  action: z.enum(["take", "skip"]).optional(),
  target: path.optional().openapi({ description: "Absolute, or inside the plan's target" }),
}).openapi("IngestStepEdit", { example: { target: "Film (1999)/Film (1999).mkv" } });

export const ExecuteBody = z.strictObject({
  force: z.boolean().default(false).openapi({
    description: "Also where there is not room for all: as far as it goes",
  }),
}).openapi("IngestExecute", { example: { force: false } });

const numbers = z.object(
  Object.fromEntries(outcomes.map((it) => [it, z.int()])) as Record<
    typeof outcomes[number],
    ReturnType<typeof z.int>
  >,
);

export const ReportBody = z.object({
  id: z.string(),
  state: z.enum(ingestStates),
  reason: z.string().nullable().openapi({ description: "Why it has stopped" }),
  mode: Mode,
  planned: z.int().openapi({ description: "Files that it is to take, or has taken" }),
  files: numbers,
  bytes: numbers,
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
}).openapi("IngestReport");

export const PlanBody = z.object({
  id: z.string().openapi({ example: "0mi8x2k4a-qwertyui" }),
  sources: z.array(z.string()).openapi({ example: ["/downloads/films"] }),
  target: z.string().openapi({ example: "/films" }),
  policy: Policy,
  mode: Mode,
  state: z.enum(ingestStates),
  reason: z.string().nullable().openapi({ description: "Why it has stopped" }),
  on_clash: z.enum(["skip", "number"]),
  sidecars: z.boolean(),
  undoes: z.string().nullable().openapi({ description: "The plan that this one takes back" }),
  room: z.object({
    needed_bytes: z.int(),
    largest_bytes: z.int(),
    free_bytes: z.int().nullable(),
    enough: z.boolean(),
  }).openapi({ description: "On the target's volume, as planned. Moves within it need none" }),
  version: z.int(),
  created_by: z.string(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
}).openapi("IngestPlan");

export const StepBody = z.object({
  seq: z.int(),
  along_with: z.int().nullable().openapi({ description: "Of a sidecar: the step of its film" }),
  source: z.string(),
  target: z.string().nullable(),
  size_bytes: z.int(),
  modified_at: z.string(),
  action: z.enum(["take", "skip"]),
  reason: z.string().openapi({ example: 'by-title: the film "Big Buck Bunny"' }),
  duplicate_of: z.string().nullable(),
  sha256: z.string().nullable(),
  state: z.enum(stepStates as [string, ...string[]]),
  outcome: z.enum(outcomes),
  error: z.string().nullable(),
}).openapi("IngestStep");

export function planBody(it: IngestPlan): z.infer<typeof PlanBody> {
  return {
    id: it.id,
    sources: it.sources,
    target: it.target,
    policy: it.policy,
    mode: it.mode,
    state: it.state,
    reason: it.reason ?? null,
    on_clash: it.options.onClash,
    sidecars: it.options.sidecars,
    undoes: it.options.undoes ?? null,
    room: {
      needed_bytes: it.room.neededBytes,
      largest_bytes: it.room.largestBytes,
      free_bytes: it.room.freeBytes ?? null,
      enough: it.room.enough,
    },
    version: it.version,
    created_by: it.createdBy,
    created_at: it.createdAt,
    started_at: it.startedAt ?? null,
    finished_at: it.finishedAt ?? null,
  };
}

export function stepBody(it: IngestStep, mode: IngestPlan["mode"]): z.infer<typeof StepBody> {
  const isDuplicate = it.duplicateOf !== undefined;
  return {
    seq: it.seq,
    along_with: it.alongWith ?? null,
    source: it.source,
    target: it.target ?? null,
    size_bytes: it.sizeBytes,
    modified_at: new Date(it.modifiedMs).toISOString(),
    action: it.action,
    reason: reasonOfStep(it),
    duplicate_of: it.duplicateOf ?? null,
    sha256: it.digest ?? null,
    state: it.state,
    outcome: outcomeOf({ state: it.state, isDuplicate }, mode),
    error: it.error ?? null,
  };
}

export function ingestReportBody(it: IngestReport): z.infer<typeof ReportBody> {
  return {
    id: it.id,
    state: it.state,
    reason: it.reason ?? null,
    mode: it.mode,
    planned: it.planned,
    files: it.files,
    bytes: it.bytes,
    started_at: it.startedAt ?? null,
    finished_at: it.finishedAt ?? null,
  };
}
