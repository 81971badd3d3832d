/**
 * macOS: `diskutil` for what there is and how it stands on each other, `system_profiler` for serial
 * numbers, `mount` for servers. Only the list of disks is needed; whatever else fails is noted.
 *
 * @module
 */
import type { RunOptions } from "../../base/command.ts";
import { reasonOf, UnavailableError } from "../../base/errors.ts";
import { coreStorageIdsIn, disksToAsk } from "../readers/macos/questions.ts";
import { pictureOf, readers } from "../readers/mod.ts";
import type { Recording } from "../readers/reader.ts";
import type { CollectOptions, Strategy } from "../strategy.ts";

export const diskutil: Strategy = {
  name: "diskutil",
  collect: (options) => collect(options, OTHERS_MS),
  parse: pictureOf,
};

/** @param othersMs For everything but the list of disks. */
export async function collect(options: CollectOptions, othersMs: number): Promise<Recording[]> {
  const { run, signal } = options;
  const list = await run("diskutil", ["list", "-plist"], { signal, timeoutMs: LIST_MS });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(othersMs)]);
  const ask = asker({ run, signal: limit }, signal);
  const disks = disksToAsk(list).slice(0, MAX_DISKS);
  // Not all at once: each is a program, and they queue for one daemon.
  const info = inTurn(
    disks,
    (disk) => ask("diskutil info -plist", "diskutil", ["info", "-plist", disk]),
  );
  const profiler = askProfiler(ask);
  const answers = await Promise.all([
    info,
    ask("diskutil apfs list -plist", "diskutil", ["apfs", "list", "-plist"]),
    askCoreStorage(ask),
    ask("diskutil appleRAID list -plist", "diskutil", ["appleRAID", "list", "-plist"]),
    profiler,
    ask("mount (macOS)", "mount", []),
  ]);
  // Without serial numbers once, each drive would be another one once: better no answer.
  if (limit.aborted && (await profiler).failed !== undefined) {
    throw new UnavailableError("Cannot tell the drives apart: system_profiler did not answer");
  }
  return [{ tool: "diskutil list -plist", text: list }, ...answers.flat()];
}

/** All of it must fit into the time that a strategy has. */
const LIST_MS = 4000;
const OTHERS_MS = 10_000;
const MAX_DISKS = 128;
const AT_ONCE = 4;

/** Runs a tool that can be done without. */
type Ask = (tool: string, program: string, args: string[]) => Promise<Recording>;

function asker({ run, signal }: CollectOptions, whole: AbortSignal): Ask {
  const options: RunOptions = { signal, timeoutMs: OTHERS_MS };
  return async (tool, program, args) => {
    try {
      const text = await run(program, args, options);
      readers.find(({ name }) => name === tool)?.read(text);
      return { tool, text };
    } catch (error) {
      // Given up altogether, which is no failure of this tool.
      whole.throwIfAborted();
      return { tool, text: "", failed: `${[program, ...args].join(" ")}: ${reasonOf(error)}` };
    }
  };
}

/** Its list has ids only; each of them must be asked for its device. Gone since macOS 11. */
async function askCoreStorage(ask: Ask): Promise<Recording[]> {
  const list = await ask("diskutil corestorage list -plist", "diskutil", [
    "corestorage",
    "list",
    "-plist",
  ]);
  if (list.failed !== undefined) return [list];
  const ids = coreStorageIdsIn(list.text).slice(0, MAX_DISKS);
  const tool = "diskutil corestorage info -plist";
  const members = await inTurn(
    ids,
    (id) => ask(tool, "diskutil", ["corestorage", "info", "-plist", id]),
  );
  return [list, ...members];
}

const profiled = ["NVMe", "SerialATA", "USB", "CardReader", "DiscBurning"]
  .map((name) => `SP${name}DataType`);

/** JSON came with macOS 10.15. */
async function askProfiler(ask: Ask): Promise<Recording> {
  const json = await ask("system_profiler", "system_profiler", ["-json", ...profiled]);
  if (json.failed === undefined) return json;
  const xml = await ask("system_profiler", "system_profiler", ["-xml", ...profiled]);
  return xml.failed === undefined ? xml : { ...xml, failed: `${json.failed}; ${xml.failed}` };
}

/** A few at a time, answers in order. */
async function inTurn<Item, Answer>(
  items: readonly Item[],
  job: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = items.entries();
  const work = async () => {
    for (const [at, item] of waiting) answers[at] = await job(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}
