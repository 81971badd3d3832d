/**
 * Tags, as a bulk edit adds and removes them.
 *
 * @module
 */
import { NotFoundError } from "../../../base/errors.ts";
import type { Tags } from "../../tags/mod.ts";
import type { Link } from "./bulk.ts";

export function tagLink(
  { fieldsOf, find, links }: Pick<Tags, "fieldsOf" | "find" | "links">,
): Link {
  return {
    idOf(named) {
      const id = fieldsOf(named) ? named : find(named)?.id;
      if (id !== undefined) return id;
      throw new NotFoundError(
        `Cannot find the tag "${named}": give its id, its path or a synonym, or make it first`,
        { field: "tags" },
      );
    },
    add: (itemId, id, by) => links.add(itemId, id, by),
    remove(itemId, id, by) {
      if (!links.tagsOf(itemId).includes(id)) return false;
      links.unlink(itemId, id, by);
      return true;
    },
  };
}
