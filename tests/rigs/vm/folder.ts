/**
 * One machine at a time, and nothing left of it: whoever runs the tests may kill them.
 *
 * @module
 */
import { tmpdir } from "node:os";
import { within } from "../../helpers/wait.ts";

const PREFIX = "giggityflix-vm-";

/** A folder for what a machine needs while it runs; its name tells whose it is. */
export async function vmFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: `${PREFIX}${Deno.pid}-` });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** Removes the folders of those who have gone without doing so. */
export async function sweep(): Promise<void> {
  for await (const { name } of Deno.readDir(tmpdir())) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (!pid || await Deno.stat(`/proc/${pid}`).then(() => true, () => false)) continue;
    await Deno.remove(`${tmpdir()}/${name}`, { recursive: true }).catch(() => {});
  }
}

/** Held while a machine runs: two would have one processor each. The kernel lets go of it, too. */
export async function waitForTurn(
  guestDir: string,
  say: (line: string) => void,
): Promise<Disposable> {
  const file = await Deno.open(`${guestDir}.lock`, { create: true, write: true });
  const late = setTimeout(() => say("Another virtual machine runs here: waiting for it"), 2000);
  try {
    await within("the end of another virtual machine", file.lock(true), 900_000);
  } catch (error) {
    file.close();
    throw error;
  } finally {
    clearTimeout(late);
  }
  return file;
}
