/**
 * /api/jobs: what the program does in the background, and a person's say in it.
 *
 * @module
 */
import type { JobView } from "../../pool/mod.ts";
import { only } from "../fields.ts";
import {
  createRoute,
  failures,
  findRoute,
  fromCursor,
  IdParam,
  json,
  listRoute,
  router,
  toPage,
  z,
} from "../router.ts";
import { Job } from "../schemas.ts";

/** What this resource needs; `src/pool` provides it. */
export interface JobsPort {
  list(page: { after: string; limit: number }): JobView[];
  get(id: string): JobView;
  pause(id: string): JobView;
  resume(id: string): JobView;
  cancel(id: string): JobView;
}

const tags = ["jobs"];

const verbs = {
  pause: "Pause a job: it stands still after its present read, until it is resumed",
  resume: "Let a paused job go on",
  cancel: "End this run of a job; a later scan may begin it anew",
} as const;

export function jobs(port: JobsPort) {
  const routes = router()
    .openapi(listRoute(Job, tags, "The jobs: those at work, and the last that ended"), (c) => {
      const { limit, cursor, fields } = c.req.valid("query");
      const items = port.list({ after: fromCursor(cursor), limit: limit + 1 });
      return c.json(toPage(items, limit, { body: jobBody, place: ({ id }) => id, fields }), 200);
    })
    .openapi(
      findRoute(Job, tags, "One job"),
      (c) => {
        const pick = only(c.req.valid("query").fields);
        return c.json(pick(jobBody(port.get(c.req.valid("param").id))), 200);
      },
    );
  for (const verb of ["pause", "resume", "cancel"] as const) {
    const route = createRoute({
      method: "post",
      path: `/{id}/${verb}`,
      tags,
      summary: verbs[verb],
      request: { params: IdParam },
      responses: { 200: json(Job, "The job as it is now"), ...failures },
    });
    routes.openapi(route, (c) => c.json(jobBody(port[verb](c.req.valid("param").id)), 200));
  }
  return routes;
}

/** A job in REST's words. */
export function jobBody(it: JobView): z.infer<typeof Job> {
  const { rate, etaS } = it;
  return {
    id: it.id,
    kind: it.kind,
    title: it.title,
    drive_ids: [...it.driveIds],
    state: it.state,
    waiting_for: it.waitingFor ?? null,
    progress: {
      done: it.done,
      total: it.total ?? null,
      bytes_done: it.bytesDone,
      bytes_total: it.bytesTotal ?? null,
    },
    rate: rate
      ? { items_per_s: round(rate.itemsPerS), bytes_per_s: Math.round(rate.bytesPerS) }
      : null,
    eta_s: etaS === undefined ? null : Math.round(etaS),
    started_at: it.startedAt ?? null,
    updated_at: it.updatedAt,
    finished_at: it.finishedAt ?? null,
    error: it.error ?? null,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
