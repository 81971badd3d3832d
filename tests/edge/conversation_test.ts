/**
 * Questions on one stream: each is answered, late, given up or lost, and never two of these; and the
 * limits under all of them.
 *
 * @module
 */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Writable } from "node:stream";
import { UnavailableError } from "../../src/base/errors.ts";
import { Conversation } from "../../src/edge/conversation.ts";
import { deadline } from "../../src/edge/deadlines.ts";

interface Word {
  requestId: string;
  text?: string;
}

/** What was written stays in `said`; with `room` false the stream is full from the first word on. */
function open(room = true) {
  const said: Word[] = [];
  const stream = new Writable({
    objectMode: true,
    highWaterMark: room ? 1000 : 1,
    write(word: Word, _encoding, done) {
      said.push(word);
      if (room) done();
    },
  });
  const ended = new AbortController();
  return { said, ended, conversation: new Conversation<Word, Word>(stream, ended.signal) };
}

Deno.test("each question gets the answer with its id, whatever the order", async () => {
  const { said, conversation } = open();
  const ids = ["a", "b", "c"];
  const asked = ids.map((requestId) => conversation.ask({ requestId }, 60_000));
  deepStrictEqual(said.map((it) => it.requestId), ids);

  for (const requestId of ["b", "c", "a"]) {
    strictEqual(conversation.settle({ requestId, text: `to ${requestId}` }), true);
    strictEqual(conversation.settle({ requestId, text: "once more" }), false);
  }
  strictEqual(conversation.settle({ requestId: "nobody's" }), false);

  deepStrictEqual((await Promise.all(asked)).map((it) => it.text), ["to a", "to b", "to c"]);
});

Deno.test("a question ends late, with its asker or with the stream; what waits goes on", async () => {
  const { ended, conversation } = open();
  const asker = new AbortController();
  const late = conversation.ask({ requestId: "late" }, 1);
  const givenUp = conversation.ask({ requestId: "given up" }, 60_000, asker.signal);
  const lost = conversation.ask({ requestId: "lost" }, 60_000);
  const fine = conversation.ask({ requestId: "fine" }, 60_000);

  await rejects(late, new UnavailableError("Cannot wait longer: no answer in 1 ms"));
  asker.abort(new Error("gone"));
  await rejects(givenUp, new Error("gone"));
  strictEqual(conversation.settle({ requestId: "given up" }), false);
  conversation.settle({ requestId: "fine" });
  await fine;
  ended.abort();
  await rejects(lost, new UnavailableError("Cannot wait: the stream has ended"));
  await rejects(conversation.ask({ requestId: "after" }, 60_000), UnavailableError);
});

Deno.test("a stream without room makes no wait longer, and refuses what is too much", async () => {
  const { ended, conversation } = open(false);

  await rejects(conversation.ask({ requestId: "late" }, 1), UnavailableError);
  const many = Array.from(
    { length: 1000 },
    (_, at) => conversation.ask({ requestId: `${at}` }, 60_000),
  );
  const one = conversation.ask({ requestId: "too many" }, 60_000);
  await rejects(one, new UnavailableError("Cannot ask: 1000 questions are waiting for an answer"));
  conversation.settle({ requestId: "7" });
  await many[7];

  ended.abort();
  const told = await Promise.allSettled(many);
  strictEqual(told.filter((it) => it.status === "rejected").length, 999);
});

Deno.test("limits end in their order, and each only if nothing ended it before", async () => {
  const told: string[] = [];
  const last = Promise.withResolvers<void>();
  const ends = [1, 1, 1, 1].map((ms, at) => deadline(ms, () => told.push(`${at}`)));
  // The first, one within and the last of those that end together.
  for (const at of [0, 2, 3]) ends[at]!();
  const later = deadline(30, () => told.push("never"));
  deadline(45, () => {
    told.push("last");
    last.resolve();
  });
  // Told by another that ends before it.
  deadline(2, later);
  deadline(2, () => told.push("second"));

  await last.promise;
  ends[1]!();

  deepStrictEqual(told, ["1", "second", "last"]);
});
