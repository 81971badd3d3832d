/** What an edge counts, as Prometheus reads it. @module */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { toExposition } from "../../src/base/metrics.ts";
import type { CommandPayload, Edge } from "../../src/edge/mod.ts";
import { createEmbeddedBus } from "../../src/edge/server/routing/bus/embedded.ts";
import { EdgeCounters } from "../../src/edge/server/metrics/counters.ts";
import { readExposition } from "../helpers/exposition.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "./rig.ts";
import { png } from "./screenshots/pictures.ts";
import { joinPeer, startScreenshotEdge, upload } from "./screenshots/rig.ts";

/** By name and label: "giggityflix_edge_" left out. */
function numbers(edge: Edge): Record<string, number> {
  const families = readExposition(toExposition(edge.metrics()));
  return Object.fromEntries(
    families.flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => {
        match(name, /^giggityflix_edge_/);
        const told = Object.values(labels).join(",");
        return [name.slice("giggityflix_edge_".length) + (told && `{${told}}`), value];
      })
    ),
  );
}

Deno.test("an edge counts peers, messages, commands, grants and streams", grpcTest, async () => {
  await using rig = await startEdge();
  const { edge } = rig;
  const none = numbers(edge);
  deepStrictEqual(Object.values(none).filter((it) => it !== 0), [], "it begins at zero");
  strictEqual(none["commands_total{dead}"], 0);
  await using peer = startLink(rig.address, new MapLibrary("heat.mkv", "alien.mkv"));
  const [title] = await until(async () => {
    const items = await titles(edge);
    return items.length === 2 && items;
  });

  const payload: CommandPayload = {
    case: "fileHashRequest",
    value: { catalogId: title!.catalogId, hashTypes: ["md5"] },
  };
  await edge.commands.give({ peerId: "peer-1", payload });
  await rig.event("command.done");
  await edge.commands.give({ peerId: "nobody", payload, deadlineMs: 1 });
  await rig.event("command.dead");
  const never = new AbortController().signal;
  await edge.openStream({ catalogId: title!.catalogId, sdp: "offer" }, never);
  await rejects(edge.openStream({ catalogId: "none", sdp: "offer" }, never));
  await edge.revokeGrants({ viewer: "owner" }, "enough");
  await rig.event("grant.revoked");

  const now = numbers(edge);
  const some = {
    "sessions{unsigned}": 1,
    "sessions{original}": 0,
    "sessions_total": 1,
    "messages_total{hello}": 1,
    "messages_total{batch_file_offer}": 1,
    "announced_ids_total": 2,
    "commands_total{done}": 1,
    "commands_total{dead}": 1,
    "command_seconds_count": 1,
    "grants_total{issued}": 1,
    "grants_total{revoked}": 1,
    "streams_total{opened}": 1,
    "streams_total{failed}": 1,
    "streams_open": 0,
    "other_edges": 0,
  };
  deepStrictEqual(Object.fromEntries(Object.keys(some).map((it) => [it, now[it]])), some);
  ok(now["announcements_total"]! >= 1);
  strictEqual("bus_up" in now, false, "it has no other edges");
  const heard = peer.link.metrics().find(({ name }) => name === "giggityflix_link_commands_total");
  strictEqual(heard?.samples[0]?.value, 1, "the peer has counted it, too");
});

Deno.test(
  "an edge counts uploads, those that it refuses too, and peers of the published words",
  grpcTest,
  async () => {
    await using edge = await startScreenshotEdge();
    using peer = await joinPeer(edge, "p-1");
    await edge.event("catalog.availability");
    await edge.ask(peer.catalogId);
    const asked = await peer.asked();

    strictEqual((await upload(edge.url + asked.endpoint, [png(2, 2)], asked)).status, 200);
    strictEqual((await upload(edge.url + asked.endpoint, [png(2, 2)], asked)).status, 403);

    const now = numbers(edge.edge);
    deepStrictEqual(
      [
        now["screenshot_uploads_total{200}"],
        now["screenshot_uploads_total{403}"],
        now["screenshot_requests_total{requested}"],
        now["screenshot_requests_total{completed}"],
        now["screenshots_stored_total"],
        now["sessions{original}"],
        now["sessions{unsigned}"],
      ],
      [1, 1, 1, 1, 1, 1, 0],
    );
  },
);

Deno.test("an edge counts what comes back of its bus", grpcTest, async () => {
  await using bus = createEmbeddedBus()();
  const listeners = new Set<() => void>();
  const onBack = (listener: () => void) => {
    listeners.add(listener);
    return { [Symbol.dispose]: () => void listeners.delete(listener) };
  };
  await using rig = await startEdge({ bus: { ...bus, onBack } });

  for (const back of listeners) back();

  strictEqual(numbers(rig.edge)["bus_reconnects_total"], 1);
  strictEqual(numbers(rig.edge)["bus_up"], 1);
});

Deno.test("the latency of commands falls into buckets by seconds", () => {
  const counters = new EdgeCounters();

  for (const ms of [5, 6, 100, 7_200_000]) counters.answered(ms);

  const family = readExposition(toExposition(counters.metrics()))
    .find((it) => it.name === "giggityflix_edge_command_seconds")!;
  const upTo = (le: string) => family.samples.find((it) => it.labels.le === le)!.value;
  deepStrictEqual(["0.005", "0.01", "0.1", "3600", "+Inf"].map(upTo), [1, 2, 3, 3, 4]);
  strictEqual(family.samples.find((it) => it.name.endsWith("_sum"))!.value, 7200.111);
});
