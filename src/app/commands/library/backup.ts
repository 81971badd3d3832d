/**
 * `giggityflix backup` and `restore`: the library in one file, and back.
 *
 * @module
 */
import { Command } from "commander";
import { join, resolve } from "node:path";
import { ConflictError, NotFoundError } from "../../../base/errors.ts";
import { counted } from "../../../base/text/counted.ts";
import { backupDatabase, migrations, restoreDatabase } from "../../../db/mod.ts";
import { haltIngests } from "../../../items/mod.ts";
import type { CommandContext } from "../../cli.ts";
import { findAgent, openDataFolder } from "../../data_folder.ts";
import { formatBytes } from "../../terminal.ts";
import { dataDirOf, textsOf, withSettings } from "../options.ts";
import { withLibrary } from "./call.ts";
import { checkNewFile, force } from "./new_file.ts";

export function backup(context: CommandContext): Command {
  const { print } = context.terminal;
  return withSettings(new Command("backup"), ["dataDir"])
    .description(
      "Copy the library into FILE, also while an agent uses it; else into DATA_DIR/backups",
    )
    .argument("[FILE]")
    .option(...force)
    .option("--json", "print one JSON object")
    .action(async (file: string | undefined, options) => {
      if (file !== undefined) await checkNewFile(resolve(file), "back up", options.force === true);
      const made = file === undefined
        ? await withLibrary(
          options,
          context,
          ({ call }) => call<{ name: string; "size_bytes": number }>("POST", "/api/backups/"),
        )
        : await backupTo(resolve(file), dataDirOf(textsOf(options)), context.signal);
      print(options.json ? JSON.stringify(made) : `${made.name}: ${formatBytes(made.size_bytes)}`);
    });
}

/** Readers need no lock: an agent goes on meanwhile. */
async function backupTo(path: string, dataDir: string, signal: AbortSignal) {
  const source = join(dataDir, "library.db");
  await Deno.stat(source).catch((cause) => {
    throw new NotFoundError(`Cannot back up: there is no library in "${dataDir}"`, {}, { cause });
  });
  const bytes = await backupDatabase(source, path, { signal });
  return { name: path, "size_bytes": bytes };
}

export function restore(context: CommandContext): Command {
  const { print } = context.terminal;
  return withSettings(new Command("restore"), ["dataDir"])
    .description("Put the library of a backup in the place of the present one, which is kept aside")
    .argument("<FILE>")
    .option("--json", "print one JSON object")
    .action(async (file: string, options) => {
      const dataDir = dataDirOf(textsOf(options));
      const agent = await findAgent(dataDir);
      if (agent) {
        const message = `Cannot restore: an agent uses the library (process ${agent.pid}). Stop it`;
        throw new ConflictError(message, { pid: agent.pid });
      }
      using folder = await openDataFolder(dataDir); // the lock: nobody opens it meanwhile
      const path = join(folder.path, "library.db");
      const from = resolve(file);
      let halted = 0;
      const aside = await restoreDatabase(from, path, {
        steps: migrations.library,
        table: "media",
        halts: [{ ...haltIngests, onHalted: (plans) => halted = plans }],
      });
      if (options.json) {
        const told = { restored: from, former: aside ?? null, "halted_ingests": halted };
        return print(JSON.stringify(told));
      }
      print(`Restored ${from}`);
      if (aside) print(`The former library is kept as ${aside}`);
      if (halted > 0) {
        const ingests = counted(
          halted,
          "ingest was under way then, and waits",
          "ingests were under way then, and wait",
        );
        print(`${ingests} for you: giggityflix ingest list`);
      }
    });
}
