import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { serveHttp } from "../../src/http/mod.ts";
import { within } from "../helpers/wait.ts";
import { openRig } from "./rig.ts";

/** The API on a port of its own, until it is disposed. */
async function serve() {
  const rig = openRig();
  const stop = new AbortController();
  const listening = Promise.withResolvers<string>();
  const service = serveHttp(rig.api, {
    hostname: "127.0.0.1",
    port: 0,
    onListen: listening.resolve,
  });
  const ended = service(stop.signal);
  return {
    rig,
    url: await within("the server", listening.promise),
    ended,
    stop: () => stop.abort(),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await within("the end", ended);
      rig[Symbol.dispose]();
    },
  };
}

Deno.test("events reach a listener as they happen, and it leaves nothing behind", async () => {
  await using server = await serve();
  const gone = new AbortController();
  const response = await fetch(`${server.url}/api/events/`, { signal: gone.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value!;

  server.rig.events.publish("scan.started", { roots: ["/line\nbreak"] });
  while (!/\ndata: .*\n\n/s.test(text)) text += (await reader.read()).value;
  gone.abort();
  await reader.read().catch(() => {});

  strictEqual(response.headers.get("content-type"), "text/event-stream");
  match(text, /^: listening\n\n/);
  const lines = text.slice(text.indexOf("\n\n") + 2).trim().split("\n");
  const data = lines.find((line) => line.startsWith("data: "))!;
  ok(lines.includes("event: scan.started"));
  deepStrictEqual(JSON.parse(data.slice(6)).data, { roots: ["/line\nbreak"] });
});

Deno.test("the server ends soon, also while somebody listens to events", async () => {
  await using server = await serve();
  const response = await fetch(`${server.url}/api/events`);

  const began = performance.now();
  server.stop();
  await within("the end", server.ended, 2000);

  ok(performance.now() - began < 1500);
  await response.body!.cancel().catch(() => {});
});

Deno.test("a range over a real connection is the file's bytes", async () => {
  await using server = await serve();

  const response = await fetch(`${server.url}/api/media/m-1/file`, {
    headers: { range: "bytes=10-19" },
  });

  deepStrictEqual([response.status, (await response.arrayBuffer()).byteLength], [206, 10]);
  const head = await fetch(`${server.url}/api/media/m-1/file`, { method: "HEAD" });
  strictEqual(head.headers.get("content-length"), "1000");
  await head.body?.cancel();
});

Deno.test("a port that is taken ends the program, and says what to set", async () => {
  await using server = await serve();
  using rig = openRig();
  const port = Number(new URL(server.url).port);

  const second = serveHttp(rig.api, { hostname: "127.0.0.1", port, onListen() {} });

  await rejects(second(new AbortController().signal), {
    name: "FatalError",
    message:
      `Cannot listen on "127.0.0.1:${port}": address in use. Stop the other program, or set HTTP_PORT`,
  });
});

Deno.test("a server that has ended stays ended: nothing of it fails later on", async () => {
  {
    await using server = await serve();
    await (await fetch(`${server.url}/api/media/none`)).body?.cancel();
  }

  await sleep(600); // longer than open answers are given at the end
});

Deno.test("a server that is told to stop before it began ends at once", async () => {
  using rig = openRig();
  const service = serveHttp(rig.api, { hostname: "127.0.0.1", port: 0, onListen() {} });

  await within("the end", service(AbortSignal.abort()), 2000);
});

Deno.test("the runtime's notice of its old ways stands in no terminal", async () => {
  const program = `
    import { serveHttp } from "${import.meta.resolve("../../src/http/serve.ts")}";
    const stop = new AbortController();
    // As routes do that end their work when the one who has asked is gone.
    const api = { fetch: (request) => new Response(String(request.signal.aborted)) };
    const onListen = async (url) => {
      await (await fetch(url)).text();
      await (await fetch(url)).text();
      console.warn("a warning of our own");
      stop.abort();
    };
    await serveHttp(api, { hostname: "127.0.0.1", port: 0, onListen })(stop.signal);`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-check", program],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  strictEqual(new TextDecoder().decode(stderr), "a warning of our own\n");
  strictEqual(code, 0);
});
