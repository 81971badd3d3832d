/**
 * /api/peers/…: invitations to join the edge, the keys that peers are known by, and revocation.
 *
 * @module
 */
import { FieldsQuery } from "../../fields.ts";
import {
  createRoute,
  failures,
  fromCursor,
  IdParam,
  json,
  pageOf,
  PageQuery,
  router,
  toPage,
  z,
} from "../../router.ts";

const kind = z.enum(["pin", "token"]).openapi({
  description: "pin: nine digits, to be read out; token: long, for programs",
});

const Enrolment = z.object({
  id: z.string(),
  kind,
  attempts: z.int().openapi({ description: "Tries with it; 5 at most" }),
  created_at: z.string(),
  expires_at: z.string(),
}).openapi("Enrolment");

const NewEnrolment = Enrolment.extend({
  pin: z.string().openapi({
    example: "123-456-789",
    description: 'Said here, and never again; with kind "token" that',
  }),
  edge_fingerprint: z.string().openapi({ description: "SHA-256 of the edge's public key" }),
}).openapi("NewEnrolment");

const EnrolmentWish = z.strictObject({
  expires_in_sec: z.int().min(1).max(604_800).default(900),
  kind: kind.default("pin"),
}).openapi("EnrolmentWish", { example: { expires_in_sec: 900, kind: "pin" } });

const Revocation = z.strictObject({ revoked: z.boolean() })
  .openapi("PeerRevocation", { example: { revoked: true } });

const Identity = z.object({
  peer_id: z.string(),
  fingerprint: z.string().nullable().openapi({ description: "SHA-256 of its public key" }),
  origin: z.enum(["pin", "token", "seen"]).nullable().openapi({
    description: "pin, token: it joined with one; seen: kept when it first came, unsigned",
  }),
  enrolled_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
}).openapi("PeerIdentity");

type Identity = z.infer<typeof Identity>;

/** What these resources need; `src/edge` provides it, the agent translates. */
export interface IdentitiesPort {
  invite(expiresInSec: number, kind: "pin" | "token"): Promise<z.infer<typeof NewEnrolment>>;
  invitations(): Promise<z.infer<typeof Enrolment>[]>;
  removeInvitation(id: string): Promise<void>;
  findIdentity(peerId: string): Promise<Identity>;
  setRevoked(peerId: string, revoked: boolean): Promise<Identity>;
  forgetKey(peerId: string): Promise<void>;
}

export function identities(port: IdentitiesPort) {
  const tags = ["edge"];
  const gone = { 204: { description: "Done" }, ...failures };
  return router()
    .openapi(
      createRoute({
        method: "get",
        path: "/enrolments",
        tags,
        summary: "Invitations that are open",
        request: { query: PageQuery.extend(FieldsQuery.shape) },
        responses: { 200: pageOf(Enrolment, "By id"), ...failures },
      }),
      async (c) => {
        const { limit, cursor, fields } = c.req.valid("query");
        const after = fromCursor(cursor);
        const left = (await port.invitations()).filter(({ id }) => id > after)
          .sort((one, other) => one.id < other.id ? -1 : 1);
        return c.json(
          toPage(left, limit, { body: (it) => it, place: ({ id }) => id, fields }),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/enrolments",
        tags,
        summary: "Invite a peer: a PIN or a token for one of them, once",
        request: {
          body: { content: { "application/json": { schema: EnrolmentWish } }, required: true },
        },
        responses: { 201: json(NewEnrolment, "The invitation"), ...failures },
      }),
      async (c) => {
        const { expires_in_sec: expiresInSec, kind } = c.req.valid("json");
        const made = await port.invite(expiresInSec, kind);
        return c.json(made, 201, { location: `/api/peers/enrolments/${made.id}` });
      },
    )
    .openapi(
      createRoute({
        method: "delete",
        path: "/enrolments/{id}",
        tags,
        summary: "Take an invitation back",
        request: { params: IdParam },
        responses: gone,
      }),
      async (c) => {
        await port.removeInvitation(c.req.valid("param").id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: "patch",
        path: "/{id}",
        tags,
        summary: "Revoke a peer, or let it come back",
        description: "A revoked peer's stream ends at once, and it is not let in again; " +
          "nor are other names of its key.",
        request: {
          params: IdParam,
          body: {
            required: true,
            content: { "application/json": { schema: Revocation } },
          },
        },
        responses: { 200: json(Identity, "Who it is"), ...failures },
      }),
      async (c) => {
        const { revoked } = c.req.valid("json");
        return c.json(await port.setRevoked(c.req.valid("param").id, revoked), 200);
      },
    )
    .openapi(
      createRoute({
        method: "get",
        path: "/{id}/identity",
        tags,
        summary: "The key that a peer is known by, and whether it is revoked",
        request: { params: IdParam },
        responses: { 200: json(Identity, "Who it is"), ...failures },
      }),
      async (c) => c.json(await port.findIdentity(c.req.valid("param").id), 200),
    )
    .openapi(
      createRoute({
        method: "delete",
        path: "/{id}/identity",
        tags,
        summary: "Forget the key of a peer that has lost it: it may join anew with another",
        request: { params: IdParam },
        responses: gone,
      }),
      async (c) => {
        await port.forgetKey(c.req.valid("param").id);
        return c.body(null, 204);
      },
    );
}
