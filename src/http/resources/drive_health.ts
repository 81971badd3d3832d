/**
 * /api/drives/{id}/health: what a drive tells of its health, and the verdict on that.
 *
 * @module
 */
import { ConflictError, NotFoundError } from "../../base/errors.ts";
import { snakeCased } from "../../base/text/snake_case.ts";
import {
  type DriveHealth,
  type HealthRecord,
  powerStates,
  type StoredDrive,
  verdicts,
} from "../../drives/mod.ts";
import { createRoute, failures, IdParam, json, router, z } from "../router.ts";

/** What this resource needs; `src/drives/health` and the gate before the lanes provide it. */
export interface DriveHealthPort {
  findDrive(id: string): StoredDrive | undefined;
  /** What is known of it now; nobody is asked. */
  healthOf(drive: StoredDrive): DriveHealth;
  /** Newest first. */
  healthHistory(driveId: string, limit: number): HealthRecord[];
  /** Asks the drive now, without waking it. */
  checkHealth(drive: StoredDrive, signal: AbortSignal): Promise<DriveHealth>;
  /** How often background work woke it. */
  wakesOf(driveId: string): number;
}

export const DriveVerdict = z.enum(verdicts);
export const DrivePower = z.enum(powerStates);

const Values = z.record(z.string(), z.number()).openapi({
  description: "temperature_c, power_on_hours, reallocated, pending, percentage_used …",
});

export const DriveHealthBody = z.object({
  drive_id: z.string(),
  name: z.string(),
  verdict: DriveVerdict,
  reasons: z.array(z.object({
    code: z.string(),
    level: z.enum(["info", "warning", "failing"]),
    text: z.string(),
    value: z.number().optional(),
    threshold: z.number().optional(),
  })),
  power_state: DrivePower,
  asleep_since: z.string().nullable(),
  asked_at: z.string().nullable().openapi({ description: "When it was asked last" }),
  checked_at: z.string().nullable().openapi({ description: "When the values were read" }),
  values: Values,
  missing: z.object({ what: z.enum(["smartctl", "rights"]), how: z.string() }).nullable(),
  wakes_caused: z.int().openapi({ description: "Times that background work woke it" }),
  history: z.array(z.object({ checked_at: z.string(), verdict: DriveVerdict, values: Values }))
    .openapi({ description: "Newest first" }),
}).openapi("DriveHealth");

const tags = ["drives"];

/** Records that are told; as many as are kept. */
const HISTORY = 400;

/** smartctl is given half of this. */
const REFRESH_MS = 90_000;

const healthRoute = createRoute({
  method: "get",
  path: "/{id}/health",
  tags,
  summary: "What is known of a drive's health",
  request: { params: IdParam },
  responses: { 200: json(DriveHealthBody, "Verdict, reasons and history"), ...failures },
});

const refreshRoute = createRoute({
  method: "post",
  path: "/{id}/health/refresh",
  tags,
  summary: "Ask a drive for its health now; one that sleeps is not woken",
  request: { params: IdParam },
  responses: { 200: json(DriveHealthBody, "What it said"), ...failures },
});

export function driveHealth(port: DriveHealthPort) {
  return router()
    .openapi(healthRoute, (c) => {
      const drive = found(port, c.req.valid("param").id);
      return c.json(driveHealthBody(port, drive, port.healthOf(drive)), 200);
    })
    .openapi(refreshRoute, async (c) => {
      const drive = found(port, c.req.valid("param").id);
      if (!drive.present) {
        throw new ConflictError(`Cannot ask drive "${drive.id}": it is not there`, {
          id: drive.id,
        });
      }
      const health = await port.checkHealth(drive, AbortSignal.timeout(REFRESH_MS));
      return c.json(driveHealthBody(port, drive, health), 200);
    });
}

/** A drive's health in REST's words. */
export function driveHealthBody(
  { healthHistory, wakesOf }: Pick<DriveHealthPort, "healthHistory" | "wakesOf">,
  { id, name }: { id: string; name: string },
  health: DriveHealth,
): z.infer<typeof DriveHealthBody> {
  return {
    drive_id: id,
    name,
    verdict: health.verdict,
    reasons: health.reasons,
    power_state: health.powerState,
    asleep_since: health.asleepSince ?? null,
    asked_at: health.askedAt ?? null,
    checked_at: health.checkedAt ?? null,
    values: snakeCased(health.values) as Record<string, number>,
    missing: health.missing ?? null,
    wakes_caused: wakesOf(id),
    history: healthHistory(id, HISTORY).map(({ checkedAt, verdict, values }) => ({
      checked_at: checkedAt,
      verdict,
      values: snakeCased(values) as Record<string, number>,
    })),
  };
}

function found({ findDrive }: DriveHealthPort, id: string): StoredDrive {
  const drive = findDrive(id);
  if (!drive) throw new NotFoundError(`Cannot find drive "${id}"`, { id });
  return drive;
}
