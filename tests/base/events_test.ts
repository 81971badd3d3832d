import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Events, MISSED } from "../../src/base/events.ts";
import { within } from "../helpers/wait.ts";

Deno.test("listen() gives what is published after the call, also before the first is asked for", async () => {
  const events = new Events();
  events.publish("too.early", {});
  const stop = new AbortController();
  const listening = events.listen(stop.signal);
  events.publish("scan.started", { roots: ["/films"] });
  events.publish("scan.finished", {});

  const first = await within("an event", listening.next());
  const second = await within("an event", listening.next());
  stop.abort();

  deepStrictEqual([first.value.type, second.value.type], ["scan.started", "scan.finished"]);
  deepStrictEqual(first.value.data, { roots: ["/films"] });
  strictEqual(second.value.id, first.value.id + 1);
});

Deno.test("listen() ends when its signal aborts, while it waits and when it has been aborted", async () => {
  const events = new Events();
  const stop = new AbortController();
  const listening = events.listen(stop.signal);

  const waiting = listening.next();
  stop.abort();

  strictEqual((await within("the end", waiting)).done, true);
  strictEqual((await within("the end", events.listen(stop.signal).next())).done, true);
});

Deno.test("listen() drops the oldest events of who is far behind, says so, and keeps the order", async () => {
  const events = new Events();
  const stop = new AbortController();
  const listening = events.listen(stop.signal);
  for (let number = 1; number <= 2500; number++) events.publish("tick", { number });

  const seen: unknown[] = [];
  for await (const event of listening) {
    seen.push(event.type === MISSED ? MISSED : event.data.number);
    if (event.data.number === 2500) stop.abort();
  }

  strictEqual(seen.length, 1001);
  deepStrictEqual([seen[0], seen[1], seen.at(-1)], [MISSED, 1501, 2500]);
});

Deno.test("listen() after an id gives what was published since, and says what is kept no more", async () => {
  const events = new Events();
  const begin = events.last;
  for (let number = 1; number <= 1500; number++) events.publish("tick", { number });
  /** What a listener after `after` hears at once. */
  const heard = async (after: number) => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    const listening = events.listen(stop.signal, { after });
    events.publish("last", {});
    for await (const { type, data } of listening) {
      if (type === "last") stop.abort();
      else seen.push(type === MISSED ? MISSED : data.number);
    }
    return seen.filter((it) => it !== undefined);
  };

  deepStrictEqual(await heard(events.last - 2), [1499, 1500]);
  deepStrictEqual(await heard(events.last), []);
  const all = await heard(begin + 600);
  deepStrictEqual([all.length, all[0], all.at(-1)], [900, 601, 1500]);
  const late = await heard(begin);
  deepStrictEqual([late[0], late.at(-1)], [MISSED, 1500]);
  deepStrictEqual((await heard(events.last + 1))[0], MISSED, "of another run");
  deepStrictEqual(await new Events().listen(AbortSignal.abort(), { after: 1 }).next(), {
    done: true,
    value: undefined,
  });
});

Deno.test("listen() leaves nothing behind at its signal when its listener goes first", async () => {
  const events = new Events();
  const stop = new AbortController();
  const added: EventListenerOrEventListenerObject[] = [];
  const { signal } = stop;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener) => {
    added.push(listener);
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    added.splice(added.indexOf(listener), 1);
    remove(type, listener);
  };

  for await (const _ of publishing(events, events.listen(signal))) break;

  strictEqual(added.length, 0);
});

Deno.test("one listener's end does not end another's", async () => {
  const events = new Events();
  const [one, other] = [new AbortController(), new AbortController()];
  const gone = events.listen(one.signal);
  const stays = events.listen(other.signal);

  one.abort();
  events.publish("after", {});

  strictEqual((await within("the end", gone.next())).done, true);
  strictEqual((await within("an event", stays.next())).value?.type, "after");
  other.abort();
});

function publishing<T>(events: Events, listening: T): T {
  events.publish("something", {});
  return listening;
}
