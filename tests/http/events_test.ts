/** Events as those hear them who come back, ask for some types, or listen over a WebSocket. @module */
import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { Events } from "../../src/base/events.ts";
import { serveHttp } from "../../src/http/mod.ts";
import { MAX_OF_ACCOUNT } from "../../src/http/resources/events/places.ts";
import { until, within } from "../helpers/wait.ts";
import { openPeopleRig, TOKEN } from "./people/rig.ts";

/** The API on a port of its own. */
async function serve() {
  /** How many listen now. */
  const listening = { count: 0 };
  const events = new class extends Events {
    override async *listen(...args: Parameters<Events["listen"]>) {
      listening.count++;
      try {
        yield* super.listen(...args);
      } finally {
        listening.count--;
      }
    }
  }();
  const rig = openPeopleRig({ ports: { events } });
  const stop = new AbortController();
  const at = Promise.withResolvers<string>();
  const ended = serveHttp(rig.api, { hostname: "127.0.0.1", port: 0, onListen: at.resolve })(
    stop.signal,
  );
  const url = await within("the server", at.promise);
  return {
    rig,
    events,
    url,
    listening,
    open: (query = "", protocols: string[] = []) =>
      open(`${url.replace("http", "ws")}/api/events/ws${query}`, protocols),
    stop: () => stop.abort(),
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await within("the end", ended);
      rig[Symbol.dispose]();
    },
  };
}

/** A socket, what it hears, and how it ends. */
async function open(url: string, protocols: string[] = []) {
  const socket = new WebSocket(url, protocols);
  const heard: Record<string, unknown>[] = [];
  let wake = () => {};
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }))
  );
  const opened = new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("It was refused")));
  });
  socket.addEventListener("message", ({ data }) => {
    heard.push(JSON.parse(data));
    wake();
  });
  await within("the socket", opened);
  return {
    socket,
    heard,
    closed: within("the close", closed),
    until: (count: number) =>
      within(
        `${count} events`,
        (async () => {
          while (heard.length < count) await new Promise<void>((resolve) => wake = resolve);
          return heard;
        })(),
      ),
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await within("the close", closed);
    },
  };
}

/** A handshake by hand: what the server answers, and the connection. */
async function shake(url: string, headers: Record<string, string> = {}, path = "/api/events/ws") {
  const { hostname, port, host } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const all = {
    host,
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const request = `GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const buffer = new Uint8Array(4096);
  const read = await within("an answer", connection.read(buffer));
  const text = new TextDecoder().decode(buffer.subarray(0, read ?? 0));
  return { connection, status: Number(text.split(" ")[1]), text };
}

Deno.test("a WebSocket hears what server-sent events tell, frame by frame", async () => {
  await using server = await serve();
  const answer = await fetch(`${server.url}/api/events`);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value!;
  {
    await using client = await server.open();

    server.events.publish("scan.started", { roots: ["/line\nbreak"] });
    server.events.publish("stream.opened", { sessionId: "s-1", catalogId: "c-1" });
    const heard = await client.until(2);
    while (text.split("\ndata: ").length < 3 || !text.endsWith("\n\n")) {
      text += (await reader.read()).value;
    }

    const told = [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!));
    deepStrictEqual(heard, told);
    deepStrictEqual(heard[1]!.data, { "session_id": "s-1", "catalog_id": "c-1" });
  }
  await reader.cancel();
});

Deno.test("who comes back hears what it has missed; who asks for types hears no others", async () => {
  await using server = await serve();
  const types = (it: Record<string, unknown>[]) => it.map(({ type }) => type);
  for (const type of ["a.one", "catalog.changed", "peer.connected", "peer.joined"]) {
    server.events.publish(type, {});
  }
  const after = server.events.last - 3;

  await using client = await server.open(`?last_event_id=${after}&types=catalog,peer.joined`);
  deepStrictEqual(types(await client.until(2)), ["catalog.changed", "peer.joined"]);
  server.events.publish("peer.connected", {});
  server.events.publish("catalog.changed", {});
  deepStrictEqual(types((await client.until(3)).slice(2)), ["catalog.changed"]);
  strictEqual(client.heard[2]!.id, server.events.last);

  await using lost = await server.open("?last_event_id=12");
  deepStrictEqual(types((await lost.until(2)).slice(0, 2)), ["events.missed", "a.one"]);
  const sse = await fetch(`${server.url}/api/events?types=peer`, {
    headers: { "last-event-id": String(after) },
  });
  const reader = sse.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while ((text.match(/^data/gm)?.length ?? 0) < 3) text += (await reader.read()).value;
  deepStrictEqual([...text.matchAll(/^event: (.+)$/gm)].map(([, type]) => type), [
    "peer.connected",
    "peer.joined",
    "peer.connected",
  ]);
  await reader.cancel();
  const bad = await fetch(`${server.url}/api/events?types=Catalog;`);
  match((await bad.json()).detail, /^Cannot read "types": types of events/);
});

Deno.test("pages of other sites, names that are not ours and strangers get no WebSocket", async () => {
  await using server = await serve();
  const statusOf = async (headers: Record<string, string>, path?: string) => {
    const { connection, status } = await shake(server.url, headers, path);
    connection.close();
    return status;
  };

  strictEqual(await statusOf({}), 101);
  strictEqual(await statusOf({ origin: server.url }), 101);
  strictEqual(await statusOf({ origin: "https://evil.example" }), 403);
  strictEqual(await statusOf({ host: "evil.example" }), 403);
  strictEqual(await statusOf({ "sec-fetch-site": "cross-site" }), 403);
  strictEqual(await statusOf({ authorization: "Bearer not-good" }), 401);
  strictEqual((await fetch(`${server.url}/api/events/ws`).then(noBody)).status, 426);
  const upgrade = { upgrade: "websocket", connection: "Upgrade" };
  // From another machine: nobody is known by the place that they ask from.
  strictEqual(await server.rig.status("GET /api/events/ws", { headers: upgrade }), 401);
  await server.rig.join("Ann", "owner");
  strictEqual(await statusOf({ via: "1.1 proxy" }), 401);
  strictEqual(await statusOf({ via: "1.1 proxy" }, `/api/events/ws?token=${TOKEN}`), 101);
});

Deno.test("a WebSocket tells people what is theirs, and closes with their session", async () => {
  await using server = await serve();
  const ann = await server.rig.join("Ann", "owner");
  const bob = await server.rig.join("Bob", "member");
  await using client = await server.open(`?token=${bob.bearer}`);
  server.events.publish("scan.progress", { path: "/home/ann/secret" });
  server.events.publish("catalog.changed", {});
  await client.until(1);

  // The rig's people publish to the rig's own events: these are told the same.
  server.events.publish("session.ended", { sessionId: ann.sessionId, userId: ann.id });
  server.events.publish("session.ended", { sessionId: bob.sessionId, userId: bob.id });
  const { code, reason } = await client.closed;

  deepStrictEqual([code, reason], [4001, "What was shown is good no more: sign in again"]);
  deepStrictEqual(client.heard.map(({ type }) => type), ["catalog.changed"]);
  await within("nobody listens", none(server.listening));
});

Deno.test("one account listens so often and no more; others are not kept from it", async () => {
  await using server = await serve();
  const { rig } = server;
  const [ann, bob] = [await rig.join("Ann", "member"), await rig.join("Bob", "guest")];
  const listen = (bearer: string) => rig.ask("GET /api/events", { bearer });
  const open = await Promise.all(
    Array.from({ length: MAX_OF_ACCOUNT - 1 }, () => listen(bob.bearer)),
  );
  const socket = await server.open(`?token=${bob.bearer}`);

  const refused = await listen(bob.bearer);
  strictEqual(refused.status, 503);
  match((await refused.json()).detail, /listens 100 times already. Close some/);
  await rejects(server.open(`?token=${bob.bearer}`));
  for (
    const other of [await listen(ann.bearer), await rig.ask("GET /api/events", { from: "::1" })]
  ) {
    strictEqual(other.status, 200);
    await other.body?.cancel();
  }

  // Each of the two ways gives its place back.
  for (const leave of [() => socket[Symbol.asyncDispose](), () => open[0]!.body!.cancel()]) {
    await leave();
    await until("a place", () => server.listening.count < MAX_OF_ACCOUNT);
    open.push(await listen(bob.bearer));
    strictEqual(open.at(-1)!.status, 200);
  }
  for (const { body } of open.slice(1)) await body?.cancel();
  await within("nobody listens", none(server.listening));
});

Deno.test("a WebSocket whose reader does not read is closed, and keeps no more than it may", async () => {
  await using server = await serve();
  const { connection, status } = await shake(server.url);
  strictEqual(status, 101);
  const data = { text: "x".repeat(64 * 1024) };

  // More than the system's own buffers take.
  for (let count = 0; count < 900; count++) server.events.publish("a.lot", data);
  await within("nobody listens", none(server.listening));

  const tail = await within("its last words", lastBytes(connection, 100));
  match(tail, /Too slow: too many events wait/);
  connection.close();
});

Deno.test("a WebSocket whose reader reads gets all of very much at once", async () => {
  await using server = await serve();
  await using client = await server.open();
  const data = { text: "x".repeat(16 * 1024) };

  for (let count = 0; count < 500; count++) server.events.publish("a.lot", data);
  const heard = await client.until(500);

  deepStrictEqual(
    heard.map(({ id }) => id),
    heard.map((_, index) => server.events.last - 499 + index),
  );
});

Deno.test("a WebSocket takes nothing, and does not keep the server from its end", async () => {
  await using server = await serve();
  await using loud = await server.open();
  await using quiet = await server.open();

  loud.socket.send("hello");
  deepStrictEqual((await loud.closed).code, 4003);
  server.stop();
  await within("the end", server.ended, 2000);

  await quiet.closed;
  await within("nobody listens", none(server.listening));
});

async function noBody(answer: Response): Promise<Response> {
  await answer.body?.cancel();
  return answer;
}

/** When nobody listens any more. */
async function none(listening: { count: number }): Promise<void> {
  while (listening.count > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Reads to the end, or to a close frame's words, and gives the last bytes as text. */
async function lastBytes(connection: Deno.Conn, count: number): Promise<string> {
  const buffer = new Uint8Array(256 * 1024);
  let tail = "";
  for (;;) {
    const read = await connection.read(buffer);
    if (read === null) return tail;
    tail = (tail + new TextDecoder().decode(buffer.subarray(0, read))).slice(-count);
    if (tail.includes("last_event_id")) return tail;
  }
}
