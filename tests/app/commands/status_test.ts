/** What `status` tells people of each part. @module */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { statusLines } from "../../../src/app/commands/status_lines.ts";
import { drivesPart, servicesPart } from "../../../src/app/parts/health.ts";
import { linkPart } from "../../../src/app/parts/edge/health.ts";
import { watchPart } from "../../../src/app/parts/watcher.ts";
import type { Part } from "../../../src/app/commands/status_lines.ts";

Deno.test("status tells each part in a line or a few, what is wrong, and what helps; never JSON", () => {
  const none = { held: {}, waiting: {} };
  const reads = { held: { playback: 2 }, waiting: { scan: 1 } };
  const parts = {
    role: { status: "healthy", name: "peer", peer_id: "p-1" },
    services: servicesPart(new Map()),
    media: {
      status: "degraded",
      files: 2,
      bytes: 1536,
      with_errors: 1,
      by_status: { new: 0, ready: 1, unreadable: 1 },
      scanning: true,
      samples_only: false,
      folders: ["/films", "/more\u001b[2J"],
      problems: [{ text: "3 files of /films were not found", fix: "giggityflix scan --confirm" }],
    },
    drives: drivesPart({
      report: () => ({ drives: [], volumes: [] }),
      healthOf: () => ({}) as never,
      mountState: () => undefined,
      lanes: {
        list: () => [
          { driveIds: ["drv-1"], limit: 8, ...none, streaming: false },
          { driveIds: ["drv-2", "drv-3"], limit: 1, ...reads, streaming: true },
        ],
      } as never,
    }),
    watch: watchPart([{ root: "/films", mode: "polling", reason: "it is NFS" }]),
    link: linkPart({
      state: () => ({ connected: false, address: "edge:1", since: "2026-01-01", reason: "no" }),
    } as never),
    edge: { status: "off" },
    another: { status: "healthy", some_thing: 3, nested: { a: 1 } },
  };

  const lines = statusLines(parts as unknown as Record<string, Part>).split("\n");

  deepStrictEqual(lines, [
    "part      state",
    "role      healthy   peer p-1",
    "services  healthy",
    "media     degraded  2 files, 1.5 KiB, 1 ready, 1 unreadable",
    "                    1 file with something wrong",
    "                    a scan is at work",
    "                    folder /films",
    "                    folder /more\\u001b[2J",
    "                    ! 3 files of /films were not found",
    "                      giggityflix scan --confirm",
    "drives    healthy   0 present",
    "                    drv-2 + drv-3: 2 of 1 read at a time, 1 waiting; a film is played from it",
    "watch     healthy   /films: polling, it is NFS",
    "link      degraded  none to the edge at edge:1 since 2026-01-01",
    "                    ! There is no link to the edge at edge:1 since 2026-01-01: no",
    "edge      off",
    "another   healthy   some thing: 3",
  ]);
  ok(lines.every((line) => !/[{[]"/.test(line)), "no JSON");
});

Deno.test("folders that cannot be watched are a problem, those of a system's own in them are not", () => {
  const failed = watchPart([
    { root: "/a", mode: "polling", reason: "It may not be read", hasFailed: true },
    { root: "/b", mode: "polling", reason: "It lies on another machine" },
  ]);
  deepStrictEqual([failed.status, failed.problems], ["degraded", [
    { text: "/a is looked through at intervals, not watched: It may not be read" },
  ]]);

  const partly = watchPart([
    { root: "/a", mode: "watching", leftOut: ["/a/lost+found"] },
    { root: "/b", mode: "watching", leftOut: ["/b/lost+found", "/b/mine", "/b/more"] },
  ]);
  strictEqual(partly.status, "healthy");
  deepStrictEqual(partly.folders[0], {
    root: "/a",
    mode: "watching",
    left_out: ["/a/lost+found"],
  });
  deepStrictEqual(partly.problems.length, 1);
  match(partly.problems[0]!.text, /^\/b\/mine and 1 more in \/b may not be read: give/);
  const lines = statusLines({ watch: partly } as unknown as Record<string, Part>);
  match(lines, /\/b: watching, without 3 folders not to be read/);
});
