/**
 * `giggityflix drives health`: what the drives tell of their health; the running agent is asked for
 * what it knows, or the drives themselves are where none runs. None is woken.
 *
 * @module
 */
import { Command } from "commander";
import { NotFoundError } from "../../../base/errors.ts";
import { silent } from "../../../base/log.ts";
import { counted } from "../../../base/text/counted.ts";
import { driveHealthBody } from "../../../http/mod.ts";
import { ask, askAll } from "../../client.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent, type RunningAgent } from "../../data_folder.ts";
import { openPeerDrives } from "../../parts/drives/peer_drives.ts";
import { plain, table, type Terminal } from "../../terminal.ts";
import { openOffline } from "../offline.ts";
import { dataDirOf, type Texts, textsOf, withSettings } from "../options.ts";

type Body = ReturnType<typeof driveHealthBody>;

interface Named {
  id: string;
  name: string;
  present: boolean;
}

export function health(context: CommandContext): Command {
  const { terminal } = context;
  return withSettings(new Command("health"), ["dataDir"])
    .description("Show how the drives are, or one of them with all its reasons")
    .argument("[ID]", "a drive's id or its name of today")
    .option("--json", "print JSON")
    .action(async (id: string | undefined, _, command: Command) => {
      const options = command.optsWithGlobals();
      const texts = textsOf(options);
      const agent = await findAgent(dataDirOf(texts));
      const bodies = agent
        ? await askAgent(agent, id, context)
        : await askDrives(texts, id, context);
      if (options.json) {
        return terminal.print(JSON.stringify(id === undefined ? bodies : bodies[0]));
      }
      if (id !== undefined) return showOne(bodies[0]!, terminal);
      showAll(bodies, terminal);
    });
}

async function askAgent(
  agent: RunningAgent,
  id: string | undefined,
  { signal }: CommandContext,
): Promise<Body[]> {
  const drives = chosen(await askAll<Named>(agent, "/api/drives/"), id);
  const bodies: Body[] = [];
  for (const drive of drives) {
    const path = `/api/drives/${encodeURIComponent(drive.id)}/health`;
    bodies.push(await ask<Body>(agent, path, { signal }));
  }
  return bodies;
}

async function askDrives(
  texts: Texts,
  id: string | undefined,
  context: CommandContext,
): Promise<Body[]> {
  await using offline = await openOffline(texts, context);
  const { db, config, events } = offline;
  using drives = openPeerDrives({ db, config, publish: events.publish, log: silent });
  await drives.refresh(context.signal);
  const bodies: Body[] = [];
  for (const drive of chosen(drives.drives({ limit: 500 }).items, id)) {
    const known = drive.present
      ? await drives.checkHealth(drive, context.signal)
      : drives.healthOf(drive);
    bodies.push(driveHealthBody(drives, drive, known));
  }
  return bodies;
}

/** One drive by its id or name, else all that are there. */
function chosen<Drive extends Named>(drives: Drive[], id: string | undefined): Drive[] {
  if (id === undefined) return drives.filter(({ present }) => present);
  const found = drives.find((it) => it.id === id) ??
    drives.find((it) => it.present && (it.name === id || `/dev/${it.name}` === id));
  if (!found) {
    throw new NotFoundError(`Cannot find drive "${id}": see "giggityflix drives"`, { id });
  }
  return [found];
}

function showAll(bodies: Body[], { print }: Terminal): void {
  print(table(
    ["NAME", "HEALTH", "POWER", "°C", "HOURS", "CHECKED", "ID", "WHY"],
    bodies.map((it) => [
      it.name,
      it.verdict,
      it.power_state,
      String(it.values.temperature_c ?? "-"),
      String(it.values.power_on_hours ?? "-"),
      it.checked_at?.slice(0, 16).replace("T", " ") ?? "never",
      it.drive_id,
      it.reasons[0]?.text ?? "-",
    ]),
  ));
  const missing = new Set(bodies.flatMap((it) => it.missing ? [it.missing.how] : []));
  for (const how of missing) print(`To know more: ${how}`);
}

function showOne(it: Body, { print }: Terminal): void {
  print(`${plain(it.name)} (${it.drive_id}) is ${it.verdict}, and ${it.power_state}`);
  for (const { level, text } of it.reasons) print(`  ${level}: ${plain(text)}`);
  print(it.checked_at ? `Read at ${it.checked_at}:` : "Its values were never read");
  for (const [name, value] of Object.entries(it.values)) {
    print(`  ${name.replaceAll("_", " ")}: ${value}`);
  }
  if (it.asleep_since) print(`Asleep since ${it.asleep_since}`);
  if (it.wakes_caused > 0) print(`Background work woke it ${counted(it.wakes_caused, "time")}`);
  if (it.missing) print(`To know more: ${it.missing.how}`);
}
