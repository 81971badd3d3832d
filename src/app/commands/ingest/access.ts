/**
 * Ingest by the agent that runs, or in the data folder where none does: the same answers.
 *
 * @module
 */
import { ConflictError } from "../../../base/errors.ts";
import { pause } from "../../../base/service.ts";
import { ingestReportBody, planBody, stepBody } from "../../../http/mod.ts";
import type { Ingest } from "../../../items/mod.ts";
import type { Jobs } from "../../../pool/mod.ts";
import { ask, askAll } from "../../client.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent } from "../../data_folder.ts";
import { openOffline } from "../offline.ts";
import { dataDirOf, textsOf } from "../options.ts";

export type PlanAnswer = ReturnType<typeof planBody>;
export type StepAnswer = ReturnType<typeof stepBody>;
export type ReportAnswer = ReturnType<typeof ingestReportBody>;

export interface NewPlanBody {
  sources: string[];
  target?: string | undefined;
  policy?: string | undefined;
  mode?: string | undefined;
  /** As REST has it. */
  "on_clash"?: string | undefined;
  sidecars?: boolean | undefined;
}

/** What the commands need of ingest. */
export interface Access {
  plan(body: NewPlanBody): Promise<PlanAnswer>;
  list(): Promise<PlanAnswer[]>;
  steps(id: string): Promise<StepAnswer[]>;
  report(id: string): Promise<ReportAnswer>;
  /** Waits for the end. */
  execute(id: string, force: boolean): Promise<PlanAnswer>;
  cancel(id: string): Promise<PlanAnswer>;
  undo(id: string): Promise<PlanAnswer>;
}

const LOOK_EVERY_MS = 500;
const PLANS = "/api/ingest/plans/";

/** Asks the running agent; where none runs, the data folder is opened meanwhile. */
export async function withIngest<T>(
  options: Record<string, unknown> & { user: string },
  context: CommandContext,
  work: (access: Access) => Promise<T>,
): Promise<T> {
  const texts = textsOf(options);
  const agent = await findAgent(dataDirOf(texts));
  if (agent) return await work(byAgent(agent, options.user, context.signal));
  await using offline = await openOffline(texts, context);
  const peer = await offline.openPeer();
  await peer.drives.refresh(context.signal);
  return await work(byRoom(peer, options.user, context.signal));
}

function byAgent(
  agent: NonNullable<Awaited<ReturnType<typeof findAgent>>>,
  user: string,
  signal: AbortSignal,
): Access {
  const by = `?user=${encodeURIComponent(user)}`;
  const at = (id: string, rest = "") => `${PLANS}${encodeURIComponent(id)}/${rest}`;
  const long = { signal, timeoutMs: 0 };
  return {
    plan: (body) => ask(agent, PLANS + by, { method: "POST", body, ...long }),
    list: () => askAll(agent, PLANS),
    steps: (id) => askAll(agent, at(id, "steps/")),
    report: (id) => ask(agent, at(id, "report/")),
    async execute(id, force) {
      let plan = await ask<PlanAnswer>(agent, at(id, "execute/"), {
        method: "POST",
        body: { force },
        signal,
      });
      while (plan.state === "running") {
        await pause(LOOK_EVERY_MS, signal);
        signal.throwIfAborted(); // the agent goes on with it
        plan = await ask<PlanAnswer>(agent, at(id), { signal });
      }
      return plan;
    },
    cancel: (id) => ask(agent, at(id, "cancel/"), { method: "POST", ...long }),
    undo: (id) => ask(agent, at(id, "undo/") + by, { method: "POST", ...long }),
  };
}

interface Peer {
  items: { ingest: Ingest };
  jobs: Pick<Jobs, "find">;
}

function byRoom({ items, jobs }: Peer, user: string, signal: AbortSignal): Access {
  const room = items.ingest;
  return {
    plan: async ({ sources, target, policy, mode, on_clash, sidecars = true }) =>
      planBody(
        await room.plan({
          sources,
          target,
          policy: policy as "flat" | undefined,
          mode: mode as "move" | undefined,
          options: { onClash: on_clash === "number" ? "number" : "skip", sidecars },
        }, { user, isLocal: true, signal }),
      ),
    list: () => {
      const all: PlanAnswer[] = [];
      for (let before = "";;) {
        const some = room.list({ before, limit: 500 });
        all.push(...some.map(planBody));
        if (some.length < 500) return Promise.resolve(all);
        before = some.at(-1)!.id;
      }
    },
    steps: (id) => {
      const { mode } = room.get(id);
      const all: StepAnswer[] = [];
      for (let after = -1;;) {
        const some = room.steps(id, { after, limit: 500 });
        all.push(...some.map((it) => stepBody(it, mode)));
        if (some.length < 500) return Promise.resolve(all);
        after = some.at(-1)!.seq;
      }
    },
    report: (id) => Promise.resolve(ingestReportBody(room.report(id))),
    async execute(id, force) {
      // Nobody would resume it while this command waits.
      if (jobs.find(`ingest:${id}`)?.state === "paused") {
        throw new ConflictError(
          `Cannot execute: it is paused. Resume it by "giggityflix jobs resume ingest:${id}"`,
        );
      }
      return planBody(await room.execute(id, { force, signal }));
    },
    cancel: async (id) => planBody(await room.cancel(id, signal)),
    undo: async (id) => planBody(await room.undo(id, user)),
  };
}
