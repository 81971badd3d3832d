/**
 * /api/media/scan: the scan that finds the files, and the word of a person on those it has not found.
 *
 * @module
 */
import { InvalidError } from "../../base/errors.ts";
import type { Confirmation, ScanReport, ScanState } from "../../media/mod.ts";
import { createRoute, failures, IdParam, json, router, z } from "../router.ts";
import { Confirmation as ConfirmationBody, ScanResult, ScanStatus } from "../schemas.ts";

export interface ScanPort {
  scanState(): Readonly<ScanState>;
  /** Adds the folders to the media folders, where given, and scans. */
  scan(folders: string[] | undefined): Promise<ScanReport>;
  /** Begins a scan that goes on when the caller leaves. */
  beginScan(folders: string[] | undefined): Promise<void>;
  confirmations(): Confirmation[];
  /** @throws {NotFoundError} nothing of that waits for a word */
  confirmGone(id: string): Promise<Confirmation>;
  /** @throws as confirmGone() */
  keepGone(id: string): Promise<Confirmation>;
}

const tags = ["media"];

const ScanRequest = z.strictObject({
  folders: z.array(z.string().min(1)).max(100).optional().openapi({
    description: "Absolute: only they are looked into; those in no media folder become one",
    example: ["/films"],
  }),
  wait: z.boolean().optional().openapi({ example: true }),
}).openapi("ScanRequest", { example: { folders: ["/films"], wait: true } });

const Confirmations = z.object({ items: z.array(ConfirmationBody) }).openapi("Confirmations");

export function scanning(port: ScanPort) {
  return router()
    .openapi(
      createRoute({
        method: "get",
        path: "/",
        tags,
        summary: "The scan under way and the last one",
        responses: { 200: json(ScanStatus, "How far it is"), ...failures },
      }),
      (c) => c.json(scanBody(port.scanState()), 200),
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Scan now",
        description: "Answers 202 at once; with `wait`, 200 when the scan is done.",
        request: { body: { content: { "application/json": { schema: ScanRequest } } } },
        responses: {
          200: json(ScanResult, "What the scan found"),
          202: json(ScanStatus, "The scan has begun"),
          ...failures,
        },
      }),
      async (c) => {
        const { folders, wait } = scanRequest(await c.req.text());
        if (wait) return c.json(reportBody(await port.scan(folders)), 200);
        await port.beginScan(folders);
        return c.json(scanBody(port.scanState()), 202);
      },
    )
    .openapi(
      createRoute({
        method: "get",
        path: "/confirmations",
        tags,
        summary: "Media folders of which so many files were not found that a person has to say why",
        responses: { 200: json(Confirmations, "Those that wait for a word"), ...failures },
      }),
      (c) => c.json({ items: port.confirmations().map(confirmationBody) }, 200),
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/confirmations/{id}/confirm",
        tags,
        summary: "They are gone: they are missing from now on",
        request: { params: IdParam },
        responses: { 200: json(ConfirmationBody, "What was confirmed"), ...failures },
      }),
      async (c) => c.json(confirmationBody(await port.confirmGone(c.req.valid("param").id)), 200),
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/confirmations/{id}/dismiss",
        tags,
        summary: "They stay as they are until they are seen again",
        request: { params: IdParam },
        responses: { 200: json(ConfirmationBody, "What was dismissed"), ...failures },
      }),
      async (c) => c.json(confirmationBody(await port.keepGone(c.req.valid("param").id)), 200),
    );
}

/** The body may be left out altogether. */
function scanRequest(text: string): z.infer<typeof ScanRequest> {
  if (text.trim() === "") return {};
  try {
    return ScanRequest.parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidError('Cannot read the body: expected {"folders": [...], "wait": true}', {}, {
      cause,
    });
  }
}

export function confirmationBody(it: Confirmation): z.infer<typeof ConfirmationBody> {
  const { id, root, files, since } = it;
  return { id, root, files, since };
}

function scanBody({ running, progress, last, failed }: ScanState): z.infer<typeof ScanStatus> {
  return {
    running,
    progress: progress
      ? {
        phase: progress.phase,
        files: progress.files,
        files_total: progress.filesTotal,
        bytes: progress.bytes,
        bytes_total: progress.bytesTotal,
        path: progress.path,
        files_per_s: progress.filesPerSecond,
        bytes_per_s: progress.bytesPerSecond,
        eta_s: progress.etaSeconds,
      }
      : null,
    last: last ? { ...reportBody(last), finished_at: last.finishedAt } : null,
    failed: failed ?? null,
  };
}

/** What a scan did, in REST's words. */
export function reportBody(it: ScanReport): z.infer<typeof ScanResult> {
  const { bytesRead, seconds, phases, files, changed, moved, gone, offline, errors, issues } = it;
  const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;
  return {
    files,
    new: it.new,
    changed,
    moved,
    gone,
    offline,
    confirmations: it.confirmations.map(confirmationBody),
    errors,
    bytes_read: bytesRead,
    seconds: rounded(seconds),
    phases: {
      walk: rounded(phases.walk),
      probe: rounded(phases.probe),
      hash: rounded(phases.hash),
    },
    issues,
    ...it.asleep && { asleep: it.asleep },
    left: it.left.map(({ jobId, driveIds, files, bytes, waitingFor, isPaused }) => ({
      job_id: jobId,
      drive_ids: driveIds,
      files,
      bytes,
      waiting_for: waitingFor,
      is_paused: isPaused,
    })),
  };
}
