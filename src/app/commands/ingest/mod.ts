/**
 * `giggityflix ingest plan|execute|report|list|cancel|undo`: files come into the library by a plan.
 *
 * @module
 */
import { Argument, Command, Option } from "commander";
import { resolve } from "node:path";
import { ingestModes, ingestPolicyNames } from "../../../items/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { table } from "../../terminal.ts";
import { UnfinishedError } from "../../unfinished.ts";
import { withSettings } from "../options.ts";
import { type Access, type NewPlanBody, withIngest } from "./access.ts";
import { showPlan, showReport } from "./show.ts";

interface Options extends Record<string, unknown> {
  user: string;
  json?: boolean;
}

export function ingest(context: CommandContext): Command {
  const all = new Command("ingest").description("Bring files into the library by a plan");
  const add = (command: Command) => all.addCommand(withCommon(command).exitOverride());
  add(plan(context));
  add(execute(context));
  add(report(context));
  add(list(context));
  add(cancel(context));
  add(undo(context));
  return all;
}

function withCommon(command: Command): Command {
  return withSettings(command, ["dataDir"])
    .option("--user <name>", "who asks", "owner")
    .option("--json", "print JSON");
}

const idOf = () => new Argument("<id>", "of a plan, as `ingest list` shows it");

function plan(context: CommandContext): Command {
  const { print } = context.terminal;
  return new Command("plan")
    .description("Say what would go where, and why; no file changes")
    .argument("<source...>", "files and folders")
    .option("--to <folder>", "in a media folder; may be left out where there is only one")
    .addOption(new Option("--policy <name>", "how files are placed").choices(ingestPolicyNames))
    .addOption(new Option("--mode <mode>", "what is done").choices([...ingestModes]))
    .addOption(
      new Option("--on-clash <what>", "where a name is taken").choices(["skip", "number"]),
    )
    .option("--no-sidecars", "leave subtitles, NFO files and pictures")
    .action(async (sources: string[], options: Options) => {
      const { to, policy, mode, onClash, sidecars } = options as Record<string, string | undefined>;
      const body: NewPlanBody = {
        sources: sources.map((it) => resolve(it)),
        ...to && { target: resolve(to) },
        policy,
        mode,
        "on_clash": onClash,
        sidecars: Boolean(sidecars),
      };
      await withIngest(options, context, async (access) => {
        const made = await access.plan(body);
        const steps = await access.steps(made.id);
        print(options.json ? JSON.stringify({ ...made, steps }) : showPlan(made, steps));
      });
    });
}

function execute(context: CommandContext): Command {
  return new Command("execute")
    .description("Execute a plan, or go on with one that was cut off")
    .addArgument(idOf())
    .option("--force", "also where there is not room for all")
    .action((id: string, options: Options) =>
      withIngest(options, context, async (access) => {
        const { state, reason } = await access.execute(id, options.force === true);
        await tell(access, id, options, context);
        if (state === "done") return;
        throw new UnfinishedError(`Plan ${id} is ${state}${reason ? `: ${reason}` : ""}`);
      })
    );
}

function report(context: CommandContext): Command {
  return new Command("report")
    .description("Say what became of each file of a plan")
    .addArgument(idOf())
    .action((id: string, options: Options) =>
      withIngest(options, context, (access) => tell(access, id, options, context))
    );
}

async function tell(
  access: Access,
  id: string,
  { json }: Options,
  { terminal }: CommandContext,
): Promise<void> {
  const [report, files] = [await access.report(id), await access.steps(id)];
  terminal.print(
    json ? JSON.stringify({ ...report, counts: report.files, files }) : showReport(report, files),
  );
}

function list(context: CommandContext): Command {
  const { print } = context.terminal;
  return new Command("list")
    .description("List the plans, the newest first")
    .action((options: Options) =>
      withIngest(options, context, async (access) => {
        const plans = await access.list();
        if (options.json) return plans.forEach((it) => print(JSON.stringify(it)));
        print(table(
          ["PLAN", "STATE", "MODE", "POLICY", "TARGET", "SOURCES", "MADE"],
          plans.map((it) => [
            it.id,
            it.reason ? `${it.state}: ${it.reason}` : it.state,
            it.mode,
            it.policy,
            it.target,
            it.sources.join(", "),
            it.created_at,
          ]),
        ));
      })
    );
}

function cancel(context: CommandContext): Command {
  const { print } = context.terminal;
  return new Command("cancel")
    .description("Do no more of a plan; what is done stays")
    .addArgument(idOf())
    .action((id: string, options: Options) =>
      withIngest(options, context, async (access) => {
        const plan = await access.cancel(id);
        print(options.json ? JSON.stringify(plan) : `${plan.id} is ${plan.state}`);
      })
    );
}

function undo(context: CommandContext): Command {
  const { print } = context.terminal;
  return new Command("undo")
    .description("Plan to move back what a plan has moved")
    .addArgument(idOf())
    .action((id: string, options: Options) =>
      withIngest(options, context, async (access) => {
        const made = await access.undo(id);
        const steps = await access.steps(made.id);
        print(options.json ? JSON.stringify({ ...made, steps }) : showPlan(made, steps));
      })
    );
}
