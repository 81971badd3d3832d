/**
 * What a media folder's owner has said to pass over: a folder with a file `.nomedia`, and what
 * `.giggityignore` names in gitignore's syntax, for its own folder and all below. As in git a deeper
 * file goes before the ones above it, and what lies in a folder that is passed over stays so.
 *
 * @module
 */
import ignore, { type Ignore } from "ignore";

/** Its folder, and all below, hold no media: Android's sign, which other libraries know too. */
export const NO_MEDIA = ".nomedia";
/** Patterns in gitignore's syntax: git-scm.com/docs/gitignore. */
export const IGNORE_FILE = ".giggityignore";
/** A larger file of patterns is taken for a mistake. */
export const MAX_IGNORE_BYTES = 64 * 1024;

/** The package remembers each path that it was asked about: begun anew after so many. */
const REMEMBERED = 5000;

/** The rules in force in one folder. Immutable: folders beside each other share what is above. */
export class IgnoreRules {
  /** Nothing is passed over. */
  static readonly none = new IgnoreRules(undefined, "", "");

  readonly #above: IgnoreRules | undefined;
  readonly #folder: string;
  readonly #text: string;
  #matcher: Ignore | undefined;
  #asked = 0;

  private constructor(above: IgnoreRules | undefined, folder: string, text: string) {
    this.#above = above;
    this.#folder = folder;
    this.#text = text;
  }

  /** With the patterns of a folder ("" is the root) before the ones above. */
  below(folder: string, text: string): IgnoreRules {
    return new IgnoreRules(this, folder, text);
  }

  /**
   * Whether a file or folder directly in a folder under these rules is passed over.
   *
   * @param relativePath inside the root, with "/"
   */
  ignores(relativePath: string, isFolder: boolean): boolean {
    if (!this.#above) return false;
    const inside = this.#folder ? relativePath.slice(this.#folder.length + 1) : relativePath;
    const { ignored, unignored } = this.#match(isFolder ? `${inside}/` : inside);
    if (ignored || unignored) return ignored;
    return this.#above.ignores(relativePath, isFolder);
  }

  #match(path: string): { ignored: boolean; unignored: boolean } {
    if (this.#asked++ % REMEMBERED === 0) {
      this.#matcher = ignore({ allowRelativePaths: true }).add(this.#text);
    }
    return this.#matcher!.test(path);
  }
}
