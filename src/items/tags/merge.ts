/**
 * Makes two tags one: items, synonyms and what is below. It goes in steps, each of which leaves a sound
 * tree; a merge that was cut off is finished by asking for it again.
 *
 * @module
 */
import { yieldToOthers } from "../../base/event_loop.ts";
import { ConflictError } from "../../base/errors.ts";
import type { Database } from "../../db/mod.ts";
import type { Fields } from "../changes/changes.ts";
import { refuseStale } from "../stale.ts";
import type { TagLinks } from "./links/links.ts";
import { slugify } from "./slug.ts";
import type { TagStore } from "./store.ts";
import type { By, Tag } from "./tag.ts";
import type { TagTree } from "./tree.ts";

export interface MergeDeps {
  db: Database;
  store: TagStore;
  tree: TagTree;
  links: TagLinks;
  put(id: string, fields: Fields | null, by: By): void;
  onChanged(ids: string[]): void;
}

export function createMerge({ db, store, tree, links, put, onChanged }: MergeDeps) {
  async function merge(sourceId: string, targetId: string, by: By): Promise<void> {
    // What is below comes first, so that the source can go; twins become one in the same way.
    for (;;) {
      const [child] = store.children(sourceId, 1);
      if (!child) break;
      await tree.settled();
      const twin = store.child(targetId, child.slug);
      if (twin && twin.id !== sourceId) await merge(child.id, twin.id, by);
      else if (child.id === targetId) await moveUp(child.id, sourceId, by);
      else db.transaction(() => put(child.id, { parentId: targetId }, by));
      await yieldToOthers();
    }
    await tree.settled();
    await links.replaceEverywhere(sourceId, targetId, by);
    db.transaction(() => {
      const source = tree.get(sourceId);
      const names = [source.name, ...store.synonyms(sourceId)];
      put(sourceId, null, by);
      // Another tag of that name, elsewhere in the tree, keeps it.
      const free = names.filter((name) => !store.bySlug(slugify(name)));
      const own = store.synonyms(targetId);
      put(targetId, { synonyms: [...own, ...free] }, by);
    });
  }

  /** The target stands below the source: it takes its place there first. */
  async function moveUp(targetId: string, sourceId: string, by: By): Promise<void> {
    const { parentId } = tree.get(sourceId);
    db.transaction(() => put(targetId, { parentId }, by));
    await tree.settled();
  }

  /**
   * Merges `sourceId` into `targetId`, which stays.
   *
   * @throws {ConflictError} the target is the source, or stands deep below it
   */
  return async (
    sourceId: string,
    targetId: string,
    by: By,
    expected?: number,
  ): Promise<Tag> => {
    await tree.settled();
    const source = tree.get(sourceId);
    const target = tree.get(targetId);
    refuseStale(`tag "${source.path}"`, source.version, expected);
    if (sourceId === targetId) {
      throw new ConflictError(`Cannot merge tag "${source.path}" with itself`);
    }
    if (target.parentId !== sourceId && tree.isBelow(targetId, sourceId)) {
      throw new ConflictError(
        `Cannot merge "${source.path}" into "${target.path}", which is below it. Move that first`,
      );
    }
    await merge(sourceId, targetId, by);
    onChanged([sourceId, targetId]);
    return tree.toTag(tree.get(targetId));
  };
}
