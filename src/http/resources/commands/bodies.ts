/**
 * Commands as REST says them: in the published words.
 *
 * @module
 */
import {
  type CommandAnswer,
  type CommandPayload,
  type CommandRow,
  commandTypes,
  readCommand,
  writeCommand,
} from "../../../edge/mod.ts";
import { algorithms } from "../../../media/mod.ts";
import { z } from "../../router.ts";

/** What peers know, by the names of the published protocol. */
const hashNames = Object.keys(algorithms);
const hashName = z.string().refine((name) => hashNames.includes(name), {
  error: ({ input }) =>
    `unknown hash type ${JSON.stringify(input)}: known are ${hashNames.join(", ")}`,
}).openapi({ enum: hashNames });

const id = z.string().min(1).max(200);
const common = {
  "deadline_sec": z.int().min(1).max(86_400).default(60).openapi({
    description: "When it is given up: a peer that is away may come back until then",
  }),
  "request_id": z.string().min(1).max(200).optional().openapi({
    description: "The same id again is the same command",
  }),
};

/** One of the five. */
export const Wish = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("file_delete"),
    catalog_ids: z.array(id).min(1).max(1000),
    ...common,
  }),
  z.strictObject({
    type: z.literal("file_hash"),
    catalog_id: id,
    hash_types: z.array(hashName).min(1).max(20),
    ...common,
  }),
  z.strictObject({
    type: z.literal("file_remap"),
    old_catalog_id: id,
    new_catalog_id: id,
    ...common,
  }),
  z.strictObject({
    type: z.literal("screenshot"),
    catalog_id: id,
    quantity: z.int().min(1).max(10).default(1),
    upload_token: z.string().min(1).max(4000),
    upload_endpoint: z.string().min(1).max(2000),
    ...common,
  }),
  z.strictObject({ type: z.literal("announce"), ...common }),
], { error: `expected ${commandTypes.join(", ")}` }).openapi("NewCommand", {
  example: { type: "file_hash", catalog_id: "3f0c7a52", hash_types: ["md5"] },
});

const Answer = z.object({
  catalog_id: z.string().optional(),
  success: z.boolean().optional(),
  hashes: z.record(z.string(), z.string()).optional(),
  error: z.string().optional(),
  message: z.string().optional(),
}).openapi("CommandAnswer");

export const Command = z.object({
  id: z.string(),
  peer_id: z.string(),
  type: z.enum(commandTypes),
  state: z.enum(["waiting", "done", "dead"]).openapi({
    description: "done: the peer has answered; dead: it had not until the deadline",
  }),
  request: z.record(z.string(), z.unknown()),
  attempts: z.int(),
  edge_id: z.string().openapi({ description: "The edge that sees to it" }),
  created_at: z.string(),
  deadline_at: z.string(),
  ended_at: z.string().nullable(),
  answers: z.array(Answer),
  reason: z.string().nullable(),
}).openapi("Command");

export function toPayload({ type, ...words }: z.infer<typeof Wish>): CommandPayload {
  return readCommand(type, words)!;
}

export function commandBody(row: CommandRow): z.infer<typeof Command> {
  // A token is good for one use, and nobody's business.
  const { upload_token: _, ...request } = writeCommand(row.payload);
  return {
    id: row.requestId,
    peer_id: row.peerId,
    type: row.type,
    state: row.state,
    request,
    attempts: row.attempts,
    edge_id: row.owner,
    created_at: row.createdAt,
    deadline_at: new Date(row.deadlineAt).toISOString(),
    ended_at: row.endedAt ?? null,
    answers: row.answers.map(answerBody),
    reason: row.reason ?? null,
  };
}

function answerBody(answer: CommandAnswer): z.infer<typeof Answer> {
  switch (answer.case) {
    case "fileDeleteResponse": {
      const { catalogId, success, error } = answer.value;
      return { catalog_id: catalogId, success, ...error && { error } };
    }
    case "fileHashResponse": {
      const { catalogId, success, hashes, error } = answer.value;
      return { catalog_id: catalogId, success, hashes, ...error && { error } };
    }
    case "commandResult": {
      const { error, message } = answer.value;
      return { success: !error, ...error && { error }, ...message && { message } };
    }
    case "announced":
      return { success: true };
  }
}
