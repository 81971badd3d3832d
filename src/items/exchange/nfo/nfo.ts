/**
 * NFO files, in and out.
 *
 * @module
 */
import { join } from "node:path";
import { ConflictError, UnavailableError } from "../../../base/errors.ts";
import { type Nfo, writeNfo } from "../../../media/mod.ts";
import type { ItemsRoom } from "../../items/items.ts";
import { describe } from "./describe.ts";
import { createNfoStore } from "./store.ts";
import { type TakeDeps, takeNfos } from "./take.ts";
import { type NfoFile, writeNfoFile } from "./write_file.ts";

export interface NfosDeps extends Omit<TakeDeps, "announce"> {
  items: Pick<ItemsRoom, "find" | "announce">;
  /** The media folders: absolute, links resolved. */
  mediaFolders?: (() => readonly string[]) | undefined;
}

export type Nfos = ReturnType<typeof openNfos>;

export function openNfos(deps: NfosDeps) {
  const { items, tags, people, collections, mediaFolders = () => [] } = deps;
  const store = createNfoStore(deps.db);

  return {
    /** Takes in what scans have found. @returns how many items that was about */
    take: (signal: AbortSignal): Promise<number> =>
      takeNfos({ ...deps, announce: items.announce }, signal),

    /**
     * Writes what is known of an item beside its film, as `user` has rated it.
     *
     * @throws {ConflictError} the item has no file, or there is an NFO that is not ours
     * @throws {UnavailableError} its drive is away or read-only
     */
    async write(
      id: string,
      { user, overwrite = false }: { user: string; overwrite?: boolean },
    ): Promise<NfoFile> {
      const item = items.find(id, user);
      const { media } = item;
      if (!media || media.status === "missing") {
        throw new ConflictError(`Cannot write an NFO of "${item.title}": it has no file`, { id });
      }
      if (media.status === "offline") {
        const message = `Cannot write an NFO of "${item.title}": its drive is away. Plug it in`;
        throw new UnavailableError(message, { id });
      }
      const former = store.known(media.id);
      const [first] = collections.of(id).map(({ collectionId }) => collections.get(collectionId))
        .filter(({ kind }) => kind === "collection");
      const text = writeNfo(describe({
        item,
        tags: tags.links.tagsOf(id).map(tags.get).sort((one, other) =>
          one.path < other.path ? -1 : 1
        ),
        credits: people.credits.of(id).map((it) => ({ ...it, name: people.get(it.personId).name })),
        set: first?.name,
        stars: item.mine.rating,
        former: former === null ? undefined : JSON.parse(former) as Nfo,
      }));
      const file = await writeNfoFile(join(media.root, media.relativePath), text, {
        roots: mediaFolders(),
        overwrite,
      });
      // What it says comes from here: a scan has nothing to learn from it.
      store.taken(media.id, file.modifiedMs);
      return file;
    },
  };
}
