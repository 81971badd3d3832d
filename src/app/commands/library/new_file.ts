/**
 * A file that a command is to write: what has the name already is somebody's, and stays unless said.
 *
 * @module
 */
import { dirname } from "node:path";
import { ConflictError, InvalidError, NotFoundError } from "../../../base/errors.ts";

/** As the commands that write a file have it. */
export const force = ["--force", "replace the file that has this name"] as const;

/**
 * @param verb What the command does: "export", "back up".
 * @throws {NotFoundError} its folder is not there. @throws {InvalidError} it is a folder itself
 * @throws {ConflictError} something has the name, and nobody said that it may go
 */
export async function checkNewFile(path: string, verb: string, mayReplace: boolean): Promise<void> {
  const cannot = `Cannot ${verb} to "${path}"`;
  const folder = dirname(path);
  if (!(await look(folder))?.isDirectory) {
    throw new NotFoundError(`${cannot}: there is no folder "${folder}". Make it first`, { path });
  }
  const there = await look(path);
  if (there?.isDirectory) {
    throw new InvalidError(`${cannot}: it is a folder. Name a file`, { path });
  }
  if (there && !mayReplace) {
    throw new ConflictError(
      `${cannot}: a file has this name. Take another one, or say --force to replace it`,
      { path },
    );
  }
}

/** A link counts as what it leads to, and as something even where that is gone. */
async function look(path: string): Promise<Deno.FileInfo | undefined> {
  for (const ask of [Deno.stat, Deno.lstat]) {
    try {
      return await ask(path);
    } catch (error) {
      const isGone = error instanceof Deno.errors.NotFound ||
        (error as { code?: string }).code === "ENOTDIR";
      if (!isGone) throw error;
    }
  }
}
