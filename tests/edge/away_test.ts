/** Commands for a peer that is away, and then comes. @module */
import { strictEqual } from "node:assert/strict";
import { grpcTest, MapLibrary, startEdge, startLink, until } from "./rig.ts";

Deno.test("a peer that is away tells its catalogue when it comes", grpcTest, async () => {
  await using rig = await startEdge();
  const library = new MapLibrary("Alien.mp4");
  const before = startLink(rig.address, library);
  await until(async () => (await rig.edge.findPeer("peer-1"))?.catalogSize === 1);
  await before.stop();
  await until(() => rig.edge.onlineCount() === 0);

  const answers = rig.edge.commands.send({
    peerId: "peer-1",
    payload: { case: "catalogAnnouncementRequest", value: {} },
    deadlineMs: 10_000,
  });
  await using _ = startLink(rig.address, library);

  strictEqual((await answers)[0]?.case, "announced");
});
