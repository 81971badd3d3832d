/**
 * People, and what they did for which item.
 *
 * @module
 */
export { openPeople, type People, type PersonEdit, type PersonInput } from "./people.ts";
export { type Credit, normalizeName, type Person, type Role, roles } from "./person.ts";
