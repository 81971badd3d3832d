/**
 * One contract for both buses; and what only the one between processes can lose.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { InvalidError, UnavailableError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import type { Bus, Record } from "../../../src/edge/server/routing/bus/bus.ts";
import { createEmbeddedBus } from "../../../src/edge/server/routing/bus/embedded.ts";
import { openNatsBus } from "../../../src/edge/server/routing/bus/nats.ts";
import { parseBusUrl } from "../../../src/edge/server/routing/bus/nats_server.ts";
import { fromKey, toKey } from "../../../src/edge/server/routing/bus/topics.ts";
import { hasNats, startNats } from "../../helpers/nats.ts";
import { within } from "../../helpers/wait.ts";
import { until } from "../rig.ts";

interface Ground extends AsyncDisposable {
  open(name: string): Promise<Bus>;
}

const grounds: { [kind: string]: { ignore: boolean; start(): Promise<Ground> } } = {
  embedded: {
    ignore: false,
    start() {
      const open = createEmbeddedBus();
      return Promise.resolve({
        open: () => Promise.resolve(open()),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  },
  nats: {
    ignore: !hasNats,
    async start() {
      const server = await startNats();
      const open = (name: string) => openNatsBus({ url: server.url, name, log: silent });
      return { open, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
    },
  },
};

for (const [kind, { ignore, start }] of Object.entries(grounds)) {
  Deno.test({ name: `the ${kind} bus keeps the contract`, ignore }, async (test) => {
    await using ground = await start();
    await using one = await ground.open("one");
    await using other = await ground.open("other");
    const stop = new AbortController();
    const running: Promise<void>[] = [];

    await test.step("all who listen hear what is told, until they do not listen", async () => {
      const heard: unknown[] = [];
      const own = Promise.withResolvers<void>();
      using _own = one.hear("news", () => own.resolve());
      const ear = other.hear("news", (it) => heard.push(it));
      await settled(other);

      one.tell("news", { a: 1, left: undefined });
      await until(() => heard.length === 1);
      await within("one's own word", own.promise);
      ear[Symbol.dispose]();
      one.tell("news", { a: 2 });
      one.tell("later", {});
      await settled(one);
      await settled(other);

      deepStrictEqual(heard, [{ a: 1 }]);
    });

    await test.step("a question is answered, refused, late or nobody's", async () => {
      using _answering = other.answer("sums", async (it) => {
        const { a, b, slow } = it as { a: number; b: number; slow?: boolean };
        if (slow) await new Promise((resolve) => setTimeout(resolve, 300));
        if (Number.isNaN(a) || a === null) throw new Error("no number");
        return { sum: a + b };
      });
      await settled(other);

      deepStrictEqual(await one.ask("sums", { a: 1, b: 2 }, 2000), { sum: 3 });
      await rejects(one.ask("sums", { a: null }, 2000), /no number/);
      await rejects(one.ask("sums", { a: 1, b: 1, slow: true }, 50), UnavailableError);
      const began = performance.now();
      await rejects(one.ask("nothing", {}, 5000), UnavailableError);
      ok(performance.now() - began < 2000, "at once");
      const gone = new AbortController();
      const asked = one.ask("sums", { a: 1, b: 1, slow: true }, 5000, gone.signal);
      gone.abort(new InvalidError("given up"));
      await rejects(asked, InvalidError);
    });

    await test.step("a queue gives each message once, again what failed, and waits", async () => {
      const topic = "edge-commands-one";
      await rejects(other.queue(topic, {}, "0"), UnavailableError);
      const taken: number[] = [];
      const first = new AbortController();
      let failures = 0;
      const handle = (it: unknown) => {
        const { n } = it as { n: number };
        if (n === 2 && failures++ === 0) return Promise.reject(new Error("not now"));
        taken.push(n);
        return Promise.resolve();
      };
      const consuming = one.consume(topic, handle, first.signal);
      await until(() => other.queue(topic, { n: 1 }, "1").then(() => true, () => false));
      await other.queue(topic, { n: 1 }, "1");
      await other.queue(topic, { n: 2 }, "2");

      await until(() => taken.length === 2);
      deepStrictEqual(taken, [1, 2]);
      strictEqual(failures, 2);

      first.abort();
      await within("the end of consuming", consuming);
      await other.queue(topic, { n: 3 }, "3");
      running.push(one.consume(topic, handle, stop.signal));
      await until(() => taken.length === 3);
      deepStrictEqual(taken, [1, 2, 3]);
    });

    await test.step("records are seen by all, and changed only by who knows the last", async () => {
      const mine = await one.records("contract", 60_000, stop.signal);
      const theirs = await other.records("contract", 60_000, stop.signal);
      const seen: Record[] = [];
      const of = (key: string) => seen.filter((it) => it.key === key).map(({ value }) => value);
      const before = await mine.put("before", { n: 0 });
      running.push(theirs.watch((it) => seen.push(it), stop.signal));
      await until(() => of("before").length === 1);

      const revision = await mine.put("k", { n: 1 });
      // Only the last value of a key is kept: one that was changed at once need not be seen.
      await until(() => of("k").length === 1);
      ok(revision! > before!);
      strictEqual(await theirs.put("k", { n: 9 }, before), undefined);
      const next = await theirs.put("k", { n: 2 }, revision);
      ok(next! > revision!);
      await mine.delete("k", revision);
      await until(() => of("k").length === 2);
      deepStrictEqual(await mine.get("k"), { key: "k", value: { n: 2 }, revision: next });
      strictEqual((await mine.get("nothing"))?.value, undefined);
      await mine.delete("k", next);
      strictEqual((await mine.get("k"))?.value, undefined);
      await until(() => of("k").length === 3);

      deepStrictEqual(of("k"), [{ n: 1 }, { n: 2 }, undefined]);
    });

    await test.step("a record that is not put again is forgotten", async () => {
      const brief = await one.records("brief", 300, stop.signal);
      await brief.put("soon", 1);

      await until(async () => {
        const seen: string[] = [];
        const look = new AbortController();
        const watching = (await other.records("brief", 300, stop.signal)).watch((it) => {
          if (it.value !== undefined) seen.push(it.key);
          if (it.key === "mark") look.abort();
        }, look.signal);
        await brief.put("mark", 2);
        await within("the mark", watching);
        return !seen.includes("soon");
      });
    });

    stop.abort();
    await within("the end of all", Promise.all(running));
  });
}

Deno.test(
  { name: "a bus that was away goes on, its data lost or not", ignore: !hasNats },
  async () => {
    await using server = await startNats();
    await using one = await openNatsBus({ url: server.url, name: "one", log: silent });
    await using other = await openNatsBus({ url: server.url, name: "other", log: silent });
    const stop = new AbortController();
    const taken: unknown[] = [];
    const seen: unknown[] = [];
    const consuming = one.consume("edge-commands-one", (it) => {
      taken.push(it);
      return Promise.resolve();
    }, stop.signal);
    const records = await one.records("places", 60_000, stop.signal);
    const watching = (await other.records("places", 60_000, stop.signal))
      .watch(({ value }) => seen.push(value), stop.signal);
    let sent = 0;
    const deliver = async () => {
      const n = ++sent;
      await until(() =>
        other.queue("edge-commands-one", { n }, `${n}`).then(() => true, () => false)
      );
      await until(() => taken.some((it) => (it as { n: number }).n === n));
      await until(() => records.put("k", { n }).then(() => true, () => false));
      await until(() => seen.some((it) => (it as { n: number } | undefined)?.n === n));
    };
    await deliver();

    for (const empty of [false, true]) {
      const back = Promise.withResolvers<void>();
      using _back = other.onBack(() => back.resolve());
      await server.stop();
      await until(() => !one.isUp() && !other.isUp());
      await rejects(other.queue("edge-commands-one", {}, "x"), UnavailableError);
      await rejects(records.put("k", {}), UnavailableError);
      await server.start(empty);
      await within("the bus", back.promise, 10_000);
      await deliver();
    }

    stop.abort();
    await within("the end", Promise.all([consuming, watching]));
  },
);

Deno.test({ name: "what a bus needs is made once it is back", ignore: !hasNats }, async () => {
  await using server = await startNats();
  await using bus = await openNatsBus({ url: server.url, name: "one", log: silent });
  const stop = new AbortController();
  await server.stop();
  await until(() => !bus.isUp());

  const [taken, gone] = [[] as unknown[], new AbortController()];
  const consuming = bus.consume("edge-commands-one", (it) => {
    taken.push(it);
    return Promise.resolve();
  }, stop.signal);
  const opening = bus.records("places", 60_000, stop.signal);
  const givenUp = bus.records("others", 60_000, gone.signal);
  gone.abort(new InvalidError("given up"));
  await rejects(within("the end of waiting", givenUp), InvalidError);
  await server.start();

  const records = await within("the records", opening, 20_000);
  ok(await records.put("k", 1));
  await until(() => bus.queue("edge-commands-one", 1, "1").then(() => true, () => false));
  await until(() => taken.length === 1);
  stop.abort();
  await within("the end of consuming", consuming);
});

Deno.test("parseBusUrl() takes credentials out, and says none of them", () => {
  const { place, ...server } = parseBusUrl("nats://me:p%40ss@host,nats://other:5222");

  strictEqual(place, "host:4222,other:5222");
  const { isTls, ...shown } = server;
  deepStrictEqual(shown, { servers: ["host:4222", "other:5222"], user: "me", pass: "p@ss" });
  deepStrictEqual([isTls, parseBusUrl("tls://host").isTls], [false, true]);
  deepStrictEqual(parseBusUrl("tls://t0ken@host:1").token, "t0ken");
  throws(
    () => parseBusUrl("http://me:secret@host"),
    (error: Error) => error instanceof InvalidError && !error.message.includes("secret"),
  );
});

Deno.test({
  name: "a server that does not let us in is said, without the password",
  ignore: !hasNats,
}, async () => {
  await using server = await startNats();
  const url = server.url.replace("secret", "guessed");

  await rejects(
    openNatsBus({ url, name: "one", log: silent, startMs: 0 }),
    (error: Error) => error instanceof UnavailableError && !error.message.includes("guessed"),
  );
});

Deno.test("any text is a key, and the text again", () => {
  for (const text of ["peer-1", "ü/*> .", "", "😀"]) strictEqual(fromKey(toKey(text)), text);
});

/** What was subscribed before is known to the server. */
async function settled(bus: Bus): Promise<void> {
  const heard = Promise.withResolvers<void>();
  using _ear = bus.hear("settled", () => heard.resolve());
  bus.tell("settled", {});
  await within("the bus", heard.promise);
}
