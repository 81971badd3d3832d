/**
 * What a tag and a group of tags are.
 *
 * @module
 */

export interface Tag {
  id: string;
  parentId: string | null;
  /** Set here, for the whole branch below; null: that of the branch above, if that has one. */
  groupId: string | null;
  name: string;
  slug: string;
  /** Slugs from the root on, joined by "/". */
  path: string;
  /** 0 at the root. */
  depth: number;
  description: string | null;
  synonyms: string[];
  /** Items that have this very tag. */
  itemCount: number;
  /** The same with all tags below it; an item with two of them counts twice. */
  branchCount: number;
  childCount: number;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** How many tags of its group an item may have. */
export type Cardinality = "one" | "many";

export interface TagGroup {
  id: string;
  key: string;
  name: string;
  cardinality: Cardinality;
  description: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** A tag as it is stored. */
export type TagRow = Omit<Tag, "synonyms" | "branchCount" | "childCount">;

/** Who does something, and in which batch: what one request does is undone as one. */
export interface By {
  user: string;
  batch: string;
}

/** A branch that has moved while the paths below it are still written as they were. */
export interface Rewrite {
  fromPath: string;
  toPath: string;
  depthChange: number;
}

/** The path that a stored one stands for while a branch is on its way. */
export function shownPath(path: string, rewrite: Rewrite | undefined): string {
  if (!rewrite || !path.startsWith(`${rewrite.fromPath}/`)) return path;
  return rewrite.toPath + path.slice(rewrite.fromPath.length);
}

/** The other way round: how a path may still be stored. */
export function storedPath(path: string, rewrite: Rewrite | undefined): string | undefined {
  if (!rewrite || !path.startsWith(`${rewrite.toPath}/`)) return undefined;
  return rewrite.fromPath + path.slice(rewrite.toPath.length);
}
