/** Items, and what people say of them, over a real port. @module */
import { silent } from "../../../src/base/log.ts";
import { type ApiPorts, createApi, serveHttp } from "../../../src/http/mod.ts";
import { within } from "../../helpers/wait.ts";
import { openRig } from "../../items/rig.ts";
import { asking } from "./asking.ts";

export async function serveItems() {
  const rig = openRig();
  const none = {} as never;
  const peer = { drives: none, media: none, jobs: none, library: rig as never };
  const ports: ApiPorts = {
    health: none,
    configurations: none,
    events: none,
    peer,
    edge: none,
    metrics: () => [],
  };
  const stop = new AbortController();
  const listening = Promise.withResolvers<string>();
  const ended = serveHttp(createApi(ports, { token: "", log: silent }), {
    hostname: "127.0.0.1",
    port: 0,
    onListen: listening.resolve,
  })(stop.signal);
  const url = await within("the server", listening.promise);

  const ask = asking((path, init) => fetch(url + path, init));

  return {
    rig,
    url,
    ask,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await within("the end", ended);
      rig[Symbol.dispose]();
    },
  };
}
