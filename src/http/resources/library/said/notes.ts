/**
 * /api/notes: what people write down about items.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type EditBy, MAX_NOTE, type Note } from "../../../../items/mod.ts";
import { expectedVersion } from "../../../conditional.ts";
import { FieldsQuery, only } from "../../../fields.ts";
import {
  createRoute,
  failures,
  IdParam,
  json,
  pageOf,
  PageQuery,
  router,
  z,
} from "../../../router.ts";
import { byOf, createByRoute, editByRoute, removeByRoute, tell } from "../by.ts";
import { pageWith, placeOf } from "../cursors.ts";

export interface NotesPort {
  find(id: string): Note;
  list(itemId: string, after: { createdAt: string; id: string }, limit: number): Note[];
  create(itemId: string, text: string, by: EditBy): Note;
  edit(id: string, text: string, by: EditBy): Note;
  remove(id: string, by: EditBy): void;
}

const tags = ["notes"];

const NoteBody = z.object({
  id: z.string(),
  item_id: z.string(),
  user: z.string().openapi({ description: "Who has written it" }),
  text: z.string().openapi({ example: "The director's cut. Watch it with Ana." }),
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
}).openapi("Note");

const NoteEdit = z.strictObject({ text: z.string().min(1).max(MAX_NOTE) })
  .openapi("NoteEdit", { example: { text: "The director's cut" } });
const NewNote = NoteEdit.extend({ item_id: z.string().min(1).max(300) }).openapi("NewNote", {
  example: { item_id: "0b6e2c0e-6f0a-4c8e-9a51-0d7f3a1c2b11", text: "The director's cut" },
});

export function notes(port: NotesPort): OpenAPIHono {
  const routes = router();
  addReading(routes, port);
  routes.openapi(
    createByRoute(tags, "Write a note about an item", {
      takes: NewNote,
      gives: NoteBody,
      what: "The note",
    }),
    (c) => {
      const { item_id, text } = c.req.valid("json");
      const note = port.create(item_id, text, byOf(c.req.valid("query")));
      tell(c, note);
      return c.json(noteBody(note), 201);
    },
  );
  routes.openapi(
    editByRoute(tags, "Change a note", {
      takes: NoteEdit,
      gives: NoteBody,
      what: "The note as it is now",
    }),
    (c) => {
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      const note = port.edit(c.req.valid("param").id, c.req.valid("json").text, by);
      tell(c, note);
      return c.json(noteBody(note), 200);
    },
  );
  routes.openapi(
    removeByRoute(tags, "Delete a note; undo brings it back", "It is deleted"),
    (c) => {
      const by = { ...byOf(c.req.valid("query")), expected: expectedVersion(c) };
      port.remove(c.req.valid("param").id, by);
      return c.body(null, 204);
    },
  );
  return routes;
}

function addReading(routes: OpenAPIHono, port: NotesPort): void {
  routes.openapi(
    createRoute({
      method: "get",
      path: "/",
      tags,
      summary: "The notes about an item, the first written first",
      request: {
        query: PageQuery.extend({ item_id: z.string().min(1).max(300) }).extend(FieldsQuery.shape),
      },
      responses: { 200: pageOf(NoteBody, "A page of notes"), ...failures },
    }),
    (c) => {
      const { limit, cursor, item_id, fields } = c.req.valid("query");
      const pick = only(fields);
      const [createdAt, id] = placeOf(cursor, ["", ""]);
      const found = port.list(item_id, { createdAt, id }, limit + 1);
      const place = (it: Note): [string, string] => [it.createdAt, it.id];
      return c.json(pageWith(found, limit, { body: (it) => pick(noteBody(it)), place }), 200);
    },
  );
  routes.openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      tags,
      summary: "One note",
      request: { params: IdParam, query: FieldsQuery },
      responses: { 200: json(NoteBody, "The note"), ...failures },
    }),
    (c) => {
      const note = port.find(c.req.valid("param").id);
      tell(c, note);
      return c.json(only(c.req.valid("query").fields)(noteBody(note)), 200);
    },
  );
}

function noteBody(it: Note): z.infer<typeof NoteBody> {
  return {
    id: it.id,
    item_id: it.itemId,
    user: it.user,
    text: it.text,
    version: it.version,
    created_at: it.createdAt,
    updated_at: it.updatedAt,
  };
}
