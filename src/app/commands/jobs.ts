/**
 * `giggityflix jobs [pause|resume|cancel ID]`: what is done in the background, and a say in it.
 *
 * @module
 */
import { Command } from "commander";
import { type Job, jobBody } from "../../http/mod.ts";
import { openJobs } from "../../pool/mod.ts";
import { ask, askAll } from "../client.ts";
import type { CommandContext } from "../cli.ts";
import { findAgent } from "../data_folder.ts";
import { formatBytes, table } from "../terminal.ts";
import { openOffline } from "./offline.ts";
import { dataDirOf, textsOf, withSettings } from "./options.ts";

const verbs = {
  pause: "Let a job stand still until it is resumed, also over restarts",
  resume: "Let a paused job go on",
  cancel: "End this run of a job; a later scan begins it anew",
} as const;

type Verb = keyof typeof verbs;

export function jobs(context: CommandContext): Command {
  const { print } = context.terminal;
  const all = withJson(new Command("jobs"))
    .description("List what is done in the background, or have a say in it")
    .action(async (options) => {
      const found = await withJobs(options, context, {
        agent: (agent) => askAll<Job>(agent, "/api/jobs/"),
        here: (jobs) => jobs.list({ after: "", limit: MAX_JOBS }).map(jobBody),
      });
      if (options.json) return found.forEach((job) => print(JSON.stringify(job)));
      print(toTable(found));
    });
  for (const verb of Object.keys(verbs) as Verb[]) {
    all.addCommand(
      withJson(new Command(verb)).exitOverride().description(verbs[verb]).argument("<id>")
        .action(async (id: string, _, command: Command) => {
          const options = command.optsWithGlobals();
          const path = `/api/jobs/${encodeURIComponent(id)}/${verb}/`;
          const job = await withJobs(options, context, {
            agent: (agent) => ask<Job>(agent, path, { method: "POST" }),
            here: (jobs) => jobBody(jobs[verb](id)),
          });
          print(options.json ? JSON.stringify(job) : `${job.id} is ${job.state}`);
        }),
    );
  }
  return all;
}

/** More than are ever kept. */
const MAX_JOBS = 100_000;

const order = ["running", "waiting", "paused", "queued", "failed", "cancelled", "done"];

function toTable(jobs: Job[]): string {
  const sorted = jobs.toSorted((one, other) =>
    order.indexOf(one.state) - order.indexOf(other.state) || (one.id < other.id ? -1 : 1)
  );
  return table(
    ["JOB", "STATE", "DONE", "RATE", "LEFT", "WHAT"],
    sorted.map((job) => [
      job.id,
      job.state,
      doneOf(job),
      job.rate ? `${formatBytes(job.rate.bytes_per_s)}/s` : "-",
      job.eta_s === null ? "-" : duration(job.eta_s),
      job.error ?? job.waiting_for ?? job.title,
    ]),
  );
}

function doneOf({ progress }: Job): string {
  const of = progress.total === null ? "" : ` of ${progress.total}`;
  return `${progress.done}${of}, ${formatBytes(progress.bytes_done)}`;
}

/** 3725 → "1 h 2 min". */
function duration(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function withJson(command: Command): Command {
  return withSettings(command, ["dataDir"]).option("--json", "print JSON, one object a line");
}

type Jobs = ReturnType<typeof openJobs>;
type Agent = NonNullable<Awaited<ReturnType<typeof findAgent>>>;

/** Asks the agent that runs, or looks into the data folder where none does. */
async function withJobs<T>(
  options: Record<string, unknown>,
  context: CommandContext,
  { agent, here }: { agent(it: Agent): Promise<T>; here(it: Jobs): T },
): Promise<T> {
  const texts = textsOf(options);
  const running = await findAgent(dataDirOf(texts));
  if (running) return await agent(running);
  await using offline = await openOffline(texts, context);
  await using jobs = openJobs({ db: offline.db, publish: offline.events.publish });
  return here(jobs);
}
