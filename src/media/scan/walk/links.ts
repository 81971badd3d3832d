/**
 * Symbolic links are not followed: what they lead to is either in another media folder or none of
 * our business. Their owner is told, where they lead to media.
 *
 * @module
 */
import { extensionOf } from "../../media.ts";

/** What to tell about a link; nothing where it leads to something that is no media. */
export function linkProblem(path: string, extensions: ReadonlySet<string>): string | undefined {
  try {
    const { isDirectory, isFile } = Deno.statSync(path);
    if (isDirectory) {
      const target = Deno.realPathSync(path);
      const loops = path === target || path.startsWith(target + "/");
      return loops
        ? "The link leads back to a folder above it: it is not followed"
        : "Links are not followed: add the folder it leads to as a media folder";
    }
    if (isFile && extensions.has(extensionOf(path))) {
      return "Links are not followed: add the folder of the file it leads to as a media folder";
    }
  } catch (error) {
    const loop = (error as { code?: string }).code === "ELOOP";
    if (loop) return "The link leads round in a circle: it is not followed";
    if (extensions.has(extensionOf(path))) return "The link leads nowhere";
  }
}
