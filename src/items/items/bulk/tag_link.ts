/**
 * Tags, as a bulk edit adds and removes them.
 *
 * @module
 */
import type { Tags } from "../../tags/mod.ts";
import type { Link } from "./bulk.ts";

export function tagLink({ get, links }: Pick<Tags, "get" | "links">): Link {
  return {
    check: (id) => void get(id),
    add: (itemId, id, by) => links.add(itemId, id, by),
    remove(itemId, id, by) {
      if (!links.tagsOf(itemId).includes(id)) return false;
      links.unlink(itemId, id, by);
      return true;
    },
  };
}
