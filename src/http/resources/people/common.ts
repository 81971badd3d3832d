/**
 * What the resources of people share: pages by time, whose things are asked for, and the answer of a
 * sign-in.
 *
 * @module
 */
import type { Context } from "hono";
import { DeniedError } from "../../../base/errors.ts";
import { snakeCased } from "../../../base/text/snake_case.ts";
import { type Caller, mayUse, type People, type SignedIn } from "../../../people/mod.ts";
import { currentCaller } from "../../admission/caller.ts";
import { fromOf, setCookies } from "../../admission/connection.ts";
import { FieldsQuery } from "../../fields.ts";
import {
  createRoute,
  failures,
  pageOf as pageBody,
  PageQuery,
  placeFrom,
  toPage,
  z,
} from "../../router.ts";

export const ListQuery = PageQuery.extend(FieldsQuery.shape);

const OwnQuery = ListQuery.extend({
  user_id: z.string().max(100).optional().openapi({ description: "Of another, for an owner" }),
});

export const body = <Schema extends z.ZodType>(schema: Schema, required = true) => ({
  content: { "application/json": { schema } },
  required,
});

type Asked = { limit: number; cursor?: string | undefined; fields?: string | undefined };

const Place = z.tuple([z.string().min(1).max(300).refine((it) => !it.includes("\0"))]);

/** A page of a list that is kept in the order of the time at which things were made. */
export async function pageOf<Item extends object, Body extends object>(
  { limit, cursor, fields }: Asked,
  read: (page: { before: string; limit: number }) => Promise<Item[]>,
  { body, place }: { body(item: Item): Body; place(item: Item): string },
) {
  const [before] = cursor === undefined ? [""] : placeFrom(cursor, Place);
  const found = await read({ before, limit: limit + 1 });
  const placeOf = (item: Item) => JSON.stringify([place(item)] satisfies z.infer<typeof Place>);
  return toPage(found, limit, { body, place: placeOf, fields });
}

/** `GET /`: a list of one's own things; an owner may ask for those of others. */
export function ownRoute<Item extends z.ZodType>(
  item: Item,
  summary: string,
  description: string,
) {
  return createRoute({
    method: "get",
    path: "/",
    tags: ["people"],
    summary,
    request: { query: OwnQuery },
    responses: { 200: pageBody(item, description), ...failures },
  });
}

/** What ownRoute() answers with. */
export async function ownPage<Item extends { createdAt: string; id: string }, Body extends object>(
  { user_id: of, ...asked }: z.infer<typeof OwnQuery>,
  people: People,
  { list, body }: {
    list(userId: string, page: { before: string; limit: number }): Promise<Item[]>;
    body(item: Item): Body;
  },
) {
  const userId = await whose(people, of);
  return await pageOf(asked, (page) => list(userId, page), { body, place: byTime });
}

/** The place of what was made at a time: see the stores. */
export const byTime = ({ createdAt, id }: { createdAt: string; id: string }) =>
  `${createdAt} ${id}`;

type Snake<Name> = Name extends `${infer Letter}${infer Rest}`
  ? `${Letter extends Lowercase<Letter> ? Letter : `_${Lowercase<Letter>}`}${Snake<Rest>}`
  : Name;
type Snaked<T> = T extends readonly (infer Item)[] ? Snaked<Item>[]
  : T extends object ? { [Name in keyof T as Snake<Name>]: Snaked<T[Name]> }
  : T;

/** The same in the words of REST. */
export const bodyOf = <T extends object>(it: T): Snaked<T> => snakeCased(it) as Snaked<T>;

export const isAdmin = (caller: Caller): boolean =>
  mayUse(caller, { role: "owner", scope: "admin" });

/** Whose things are asked for. @throws {DeniedError} another's, by somebody who is no owner */
export async function whose(people: People, userId: string | undefined): Promise<string> {
  const caller = currentCaller();
  if (userId === undefined) return await people.accounts.selfOf(caller);
  if (userId !== caller.userId && !isAdmin(caller)) {
    throw new DeniedError("Cannot ask for the things of another account");
  }
  return userId;
}

/** For what only a person does: a token must not make another, or outlive itself. */
export function person(what: string): Caller {
  const caller = currentCaller();
  if (caller.by === "token") throw new DeniedError(`Cannot ${what} with a token: sign in`);
  return caller;
}

/** Of a change to one thing: whose it must be; anybody's for an owner. */
export function ownerOf(caller: Caller): string | undefined {
  return isAdmin(caller) ? undefined : caller.userId ?? "";
}

/** A page is given cookies, a program the tokens. */
export function signedInBody(c: Context, signedIn: SignedIn, use: "cookie" | "bearer") {
  const { accessToken, refreshToken, ...facts } = signedIn;
  c.header("cache-control", "no-store");
  if (use === "bearer") return bodyOf({ ...facts, accessToken, refreshToken });
  setCookies(c, signedIn);
  return bodyOf(facts);
}

/** A link into this program's page; what stands behind # is sent to nobody. */
export function linkTo(c: Context, page: string, secret: string): string {
  return `${new URL(c.req.url).origin}/${page}#${secret}`;
}

export { fromOf };
