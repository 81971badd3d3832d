/** Whose word about the content of files is taken, by how they have come in. @module */
import { deepStrictEqual } from "node:assert/strict";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "../rig.ts";
import { elsewhere } from "./visitor.ts";

class SameFilm extends MapLibrary {
  override describe(catalogIds: string[]) {
    return super.describe(catalogIds).map((it) => ({ ...it, contentHash: "a".repeat(32) }));
  }
}

Deno.test("a peer that has not joined, and comes from elsewhere, has titles of its own", {
  ...grpcTest,
  ignore: !elsewhere,
}, async () => {
  await using rig = await startEdge({
    address: "0.0.0.0:0",
    identity: { unsigned: "always" },
  });
  const port = rig.address.split(":")[1];
  const peers = { one: "127.0.0.1", two: "127.0.0.1", far: elsewhere };
  await using stack = new AsyncDisposableStack();
  for (const [peerId, host] of Object.entries(peers)) {
    const library = new SameFilm(`film ${peerId}.mp4`.padEnd(20, "x"));
    stack.use(startLink(`${host}:${port}`, library, { settings: { peerId } }));
    await until(async () =>
      (await titles(rig.edge)).some(({ media, replicas }) =>
        media && replicas.some((it) => it.peerId === peerId)
      )
    );
  }

  const holders = await until(async () => {
    const all = (await titles(rig.edge)).map(({ replicas }) => replicas.map((it) => it.peerId));
    return all.length === 2 && all.sort();
  });
  deepStrictEqual(holders, [["far"], ["one", "two"]]);
});
