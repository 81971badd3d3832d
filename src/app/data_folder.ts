/**
 * The data folder: one program at a time, this peer's name, and the token of those who may ask.
 *
 * @module
 */
import { join } from "node:path";
import { ConflictError, FatalError, reasonOf } from "../base/errors.ts";
import { exists } from "../base/files.ts";
import { pause } from "../base/service.ts";

/** Where an agent says how it is reached: from when it answers to its end. */
const ANNOUNCEMENT = "agent.json";
/** An agent that starts opens its databases before it answers. */
const START_MS = 5000;
const LOOK_MS = 100;

export interface DataFolder extends Disposable {
  path: string;
  /** Made on the first run, and kept. */
  peerId: string;
  /** What callers from other machines must show. */
  token: string;
  /** Tells other commands of this machine where this program answers. */
  announce(url: string): Promise<void>;
}

/** How another command reaches the agent that holds the folder. */
export interface RunningAgent {
  url: string;
  pid: number;
  token: string;
}

/**
 * Makes the folder where there is none, and locks it until it is disposed.
 *
 * @throws {ConflictError} another giggityflix works in it
 * @throws {FatalError} it cannot be made or written to
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    const lock = await Deno.open(join(path, "lock"), { create: true, write: true });
    if (!await lock.tryLock(true)) {
      lock.close();
      const help = await exists(join(path, ANNOUNCEMENT))
        ? "another giggityflix works in it. Stop that one"
        : "another giggityflix works in it, or is just starting. Try again in a moment, stop that one";
      throw new ConflictError(`Cannot use the data folder "${path}": ${help}, or set DATA_DIR`, {
        path,
      });
    }
    const peerId = await keep(join(path, "peer_id"), () => crypto.randomUUID());
    if (!/^[\x21-\x7e]{1,200}$/.test(peerId)) {
      const file = join(path, "peer_id");
      throw new FatalError(`Cannot use the name in "${file}": expected letters of ASCII`, { path });
    }
    const token = await keep(join(path, "access_token"), makeToken);
    const announcement = join(path, ANNOUNCEMENT);
    removeIfThere(announcement); // of one that was killed: somebody else may listen there now
    return {
      path,
      peerId,
      token,
      announce: (url) => writeWhole(announcement, JSON.stringify({ url, pid: Deno.pid })),
      [Symbol.dispose]: () => {
        removeIfThere(announcement);
        lock.close(); // and with it the lock goes
      },
    };
  } catch (error) {
    if (error instanceof ConflictError || error instanceof FatalError) throw error;
    const why = error instanceof Deno.errors.PermissionDenied
      ? "this user may not write there. Give it the right to, or set DATA_DIR to another folder"
      : reasonOf(error);
    throw new FatalError(`Cannot use the data folder "${path}": ${why}`, { path }, {
      cause: error,
    });
  }
}

/**
 * The agent that holds the folder now, if one does and says where it answers. One that is just
 * starting is waited for until `signal` aborts.
 */
export async function findAgent(
  path: string,
  signal: AbortSignal = AbortSignal.timeout(START_MS),
): Promise<RunningAgent | undefined> {
  for (;;) {
    const found = await look(path);
    if (found !== "silent") return found;
    if (signal.aborted) return undefined;
    await pause(LOOK_MS, signal);
  }
}

/** "silent": somebody holds the folder, and has not said where they answer, or never will. */
async function look(path: string): Promise<RunningAgent | "silent" | undefined> {
  let isHeld = false;
  try {
    using lock = await Deno.open(join(path, "lock"), { write: true });
    isHeld = !await lock.tryLock(true);
    if (!isHeld) return undefined;
    const { url, pid } = JSON.parse(await Deno.readTextFile(join(path, ANNOUNCEMENT)));
    const token = (await Deno.readTextFile(join(path, "access_token"))).trim();
    return { url: String(url), pid: Number(pid), token };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return isHeld ? "silent" : undefined;
    throw error;
  }
}

/** What the file says; a new file is whole from its first moment. */
async function keep(path: string, make: () => string): Promise<string> {
  const known = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  if (known.trim()) return known.trim();
  const made = make();
  await writeWhole(path, made + "\n");
  return made;
}

/** Only its owner reads it, and nobody ever sees half of it. */
async function writeWhole(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text, { mode: 0o600 });
  await Deno.rename(`${path}.new`, path);
}

function makeToken(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: "base64url" });
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
