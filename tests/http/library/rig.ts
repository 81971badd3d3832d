/** The library's REST over real rooms and a database in memory. @module */
import { silent } from "../../../src/base/log.ts";
import { type Database, migrations, openDatabase } from "../../../src/db/mod.ts";
import { type ApiPorts, createApi } from "../../../src/http/mod.ts";
import { addItems } from "../../items/tags/rig.ts";
import { at } from "../rig.ts";
import { asking } from "./asking.ts";

export interface LibraryRigOptions<Port> {
  items?: number;
  open(deps: { db: Database; publish(type: string, data: Record<string, unknown>): void }): Port;
}

/** `open` gives the ports of library resources. */
export function openLibraryRig<Port>({ items = 0, open }: LibraryRigOptions<Port>) {
  const db = openDatabase(":memory:", migrations.library);
  const events: string[] = [];
  const publish = (type: string) => void events.push(type);
  const ports = open({ db, publish });
  addItems(db, items);
  const none = {} as never;
  const api = createApi(
    {
      health: none,
      configurations: none,
      events: none,
      peer: { drives: none, media: none, jobs: none, library: ports as never },
      edge: none,
      metrics: () => [],
    } satisfies ApiPorts,
    { token: "", log: silent },
  );

  const ask = asking((path, init) => api.request(at(path), init));
  return { db, api, events, ports, ask, [Symbol.dispose]: () => db[Symbol.dispose]() };
}
