/**
 * /api/peers/{id}/commands and /api/commands: what peers are told to do, and what became of it.
 *
 * @module
 */
import type { CommandRow, GivenCommand } from "../../../edge/mod.ts";
import { only } from "../../fields.ts";
import {
  absent,
  createRoute,
  failures,
  findRoute,
  IdParam,
  json,
  listRoute,
  removeRoute,
  router,
  z,
} from "../../router.ts";
import { Command, commandBody, toPayload, Wish } from "./bodies.ts";

/** What these resources need; `src/edge` provides it. */
export interface CommandsPort {
  commands: {
    give(command: GivenCommand): Promise<CommandRow>;
    find(id: string): Promise<CommandRow>;
    page(
      request: { limit: number; cursor?: string | undefined },
      state?: CommandRow["state"],
    ): Promise<{ items: CommandRow[]; nextCursor?: string }>;
    retry(id: string, deadlineMs?: number): Promise<CommandRow>;
    remove(id: string): Promise<void>;
  };
  /** @throws {NotFoundError} no such peer was ever here */
  findPeer(id: string): Promise<unknown>;
  /** @throws {NotFoundError} the catalogue has no such title */
  findTitle(catalogId: string): Promise<unknown>;
}

const tags = ["edge"];
const accepted = "It is kept; GET its Location to see what becomes of it";

/** POST /{id}/commands, among the routes of peers. */
export function peerCommands({ commands, findPeer, findTitle }: CommandsPort) {
  return router().openapi(
    createRoute({
      method: "post",
      path: "/{id}/commands",
      tags,
      summary: "Tell a peer to do something, at whichever edge it is",
      request: {
        params: IdParam,
        body: { required: true, content: { "application/json": { schema: Wish } } },
      },
      responses: { 202: json(Command, accepted), ...failures },
    }),
    async (c) => {
      const { id: peerId } = c.req.valid("param");
      const { deadline_sec: deadlineSec, request_id: requestId, ...wish } = c.req.valid("json");
      await findPeer(peerId);
      const payload = toPayload(wish as z.infer<typeof Wish>);
      // The edge gives the ids: one that it does not know, a peer would announce in vain.
      if (payload.case === "fileRemapRequest") await findTitle(payload.value.newCatalogId);
      const deadlineMs = (deadlineSec ?? 60) * 1000;
      const row = await commands.give({ peerId, payload, deadlineMs, requestId });
      const location = `/api/commands/${encodeURIComponent(row.requestId)}`;
      return c.json(commandBody(row), 202, { location });
    },
  );
}

export function commandResources(port: CommandsPort | string) {
  return { commands: typeof port === "string" ? absent(port) : commandRoutes(port) };
}

const Again = z.strictObject({ deadline_sec: z.int().min(1).max(86_400).default(60) })
  .openapi("CommandRetry", { example: { deadline_sec: 60 } });

function commandRoutes({ commands }: CommandsPort) {
  const list = (c: { fields?: string | undefined }, rows: CommandRow[], next?: string) => ({
    items: rows.map(commandBody).map(only(c.fields)),
    next_cursor: next ?? null,
  });
  const letters = router()
    .openapi(
      listRoute(Command, tags, "Commands that were not answered in time, the newest first"),
      async (c) => {
        const { fields, ...page } = c.req.valid("query");
        const { items, nextCursor } = await commands.page(page, "dead");
        return c.json(list({ fields }, items, nextCursor), 200);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/{id}/retry",
        tags,
        summary: "Give a dead letter anew, under its old id: what was done is not done again",
        request: {
          params: IdParam,
          body: { content: { "application/json": { schema: Again } } },
        },
        responses: { 202: json(Command, accepted), ...failures },
      }),
      async (c) => {
        const { deadline_sec: sec } = c.req.valid("json");
        const row = await commands.retry(c.req.valid("param").id, (sec ?? 60) * 1000);
        return c.json(commandBody(row), 202, { location: `/api/commands/${row.requestId}` });
      },
    )
    .openapi(
      removeRoute(tags, "Forget a dead letter", "Done"),
      async (c) => {
        await commands.remove(c.req.valid("param").id);
        return c.body(null, 204);
      },
    );
  return router()
    .route("/dead-letters", letters)
    .openapi(
      listRoute(Command, tags, "What peers were told to do, the newest first"),
      async (c) => {
        const { fields, ...page } = c.req.valid("query");
        const { items, nextCursor } = await commands.page(page);
        return c.json(list({ fields }, items, nextCursor), 200);
      },
    )
    .openapi(
      findRoute(Command, tags, "One command, and what the peer said to it"),
      async (c) => {
        const row = await commands.find(c.req.valid("param").id);
        return c.json(only(c.req.valid("query").fields)(commandBody(row)), 200);
      },
    );
}
