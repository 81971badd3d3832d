/**
 * The resources of people, one line each.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { People } from "../../../people/mod.ts";
import { absent } from "../../router.ts";
import { invitations, setup } from "./invitations.ts";
import { passkeys } from "./passkeys.ts";
import { sessions } from "./sessions.ts";
import { audit, sharingRules } from "./sharing.ts";
import { tokens } from "./tokens.ts";
import { users } from "./users.ts";

const resources = {
  users,
  invitations,
  setup,
  sessions,
  tokens,
  passkeys,
  "sharing-rules": sharingRules,
  audit,
} satisfies Record<string, (people: People) => OpenAPIHono>;

/** @param people The people of this edge, or why there are none. */
export function peopleResources(people: People | string): Record<string, OpenAPIHono> {
  return Object.fromEntries(
    Object.entries(resources).map(([name, of]) => [
      name,
      typeof people === "string" ? absent(people) : of(people),
    ]),
  );
}
