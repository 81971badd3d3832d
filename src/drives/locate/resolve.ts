/**
 * Follows the links of a path one name at a time, and looks at no file system that does not answer
 * or would have to be mounted first: from there on the names stand as they are.
 *
 * @module
 */
import { dirname, join } from "node:path/posix";
import type { Step } from "./location.ts";

export interface ResolveDeps {
  /** The target of a symbolic link; fails as Deno.readLink() does, or because nobody answers. */
  readLink(path: string): Promise<string>;
  /** Whether something is mounted exactly here: no link, then. */
  isMountPoint(path: string): boolean;
  /** Whether a look below would mount something. */
  isOnDemand(path: string): boolean;
}

export interface Resolved {
  path: string;
  /** The links that were followed, and why no more were. */
  steps: Step[];
}

/** As many as Linux follows. */
const MAX_LINKS = 40;

/** The path without links; of what does not exist, the place where it would come to be. */
export async function resolveLinks(path: string, deps: ResolveDeps): Promise<Resolved> {
  const steps: Step[] = [];
  let todo = segmentsOf(path);
  let links = 0;
  let done = "/";
  while (todo.length > 0) {
    const [name, ...rest] = todo as [string, ...string[]];
    todo = rest;
    if (name === "..") {
      done = dirname(done);
      continue;
    }
    const here = join(done, name);
    if (deps.isMountPoint(here)) {
      done = here;
      continue;
    }
    if (deps.isOnDemand(here)) {
      return stop(here, "is mounted when somebody goes there: nobody looked into it");
    }
    const target = await deps.readLink(here).catch((error) => error as Error);
    if (typeof target === "string") {
      if (++links > MAX_LINKS) return stop(here, "leads round in a circle");
      steps.push({ type: "link", name: here, text: `link ${here} → ${target}` });
      todo = [...segmentsOf(target), ...todo];
      if (target.startsWith("/")) done = "/";
      continue;
    }
    done = here;
    // It is there, and no link.
    if (codeOf(target) === "EINVAL") continue;
    return stop(here, reasons[codeOf(target)], target.message);
  }
  return { path: done, steps };

  function stop(here: string, why: string | undefined, message = ""): Resolved {
    const text = why === undefined ? `${message}: the names alone decide` : `${here} ${why}`;
    steps.push({ type: "note", name: here, text });
    return { path: todo.reduce(below, here), steps };
  }
}

/** Why the names alone decide from here on. */
const reasons: Record<string, string> = {
  ENOENT: "does not exist (yet): its folder tells",
  ENOTDIR: "does not exist: a file stands where its folder should be",
  EACCES: "may not be looked into: its folder tells",
  ENAMETOOLONG: "cannot exist: its name is too long; its folder tells",
};

function below(folder: string, name: string): string {
  return name === ".." ? dirname(folder) : join(folder, name);
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

function codeOf(error: Error): string {
  return (error as { code?: string }).code ?? "";
}
