/**
 * Texts of peers that no catalogue should keep as they are: on both engines, by gRPC.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { DeniedError } from "../../src/base/errors.ts";
import { engines } from "./engines.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "./rig.ts";

const BAD = "a\0b\x1b[31m\nc\u202e" + "😀".repeat(300);

/** What is kept of it: of 500 units of UTF-16 those that are words. */
const GOOD = "a b [31m c" + "😀".repeat(244);

/** One film whose every word is bad, among good ones; and a path that is none. */
class BadWords extends MapLibrary {
  override describe(catalogIds: string[]) {
    return super.describe(catalogIds).map((it) =>
      it.title !== "The bad\n.mp4" ? it : {
        ...it,
        title: BAD,
        container: BAD,
        mimeType: BAD,
        contentHash: BAD,
        tracks: [{ kind: "video", codec: BAD, codecString: BAD, language: BAD, width: 1 }],
      }
    );
  }
}

for (const { name, ignore, open } of engines) {
  Deno.test(`${name}: one film's bad words harm no other`, { ...grpcTest, ignore }, async () => {
    await using state = await open();
    await using rig = await startEdge({ state });
    const library = new BadWords("a.mp4", "bad\n.mp4", "b\0.mp4", "z.mp4");
    await using _ = startLink(rig.address, library, {
      settings: { software: BAD },
      streams: {
        open: () => Promise.reject(new DeniedError(`Cannot: ${BAD}`)),
        close: () => {},
      },
    });

    const found = await until(async () => {
      const all = await titles(rig.edge);
      return all.length === 3 && all.every((it) => it.media) && all;
    });
    deepStrictEqual(found.map(({ title }) => title), [GOOD, "The a.mp4", "The z.mp4"]);
    const bad = found.find(({ title }) => title.startsWith("a b"))!;
    deepStrictEqual(bad.replicas.map(({ relativePath }) => relativePath), ["bad\n.mp4"]);
    deepStrictEqual(bad.media, {
      container: GOOD,
      mimeType: GOOD,
      durationMs: 90_000,
      tracks: [{ kind: "video", codec: GOOD, codecString: GOOD, language: GOOD, width: 1 }],
    });
    strictEqual(bad.contentHash, undefined);

    const never = new AbortController().signal;
    const play = rig.edge.openStream({ catalogId: bad.catalogId, sdp: "v=0" }, never);
    await rejects(
      play,
      (error: Error) =>
        error instanceof DeniedError && /^Cannot: a b \[31m c😀+$/u.test(error.message),
    );
    const { items: [grant] } = await rig.edge.grants({ limit: 1 });
    strictEqual(grant?.state, "refused");
    ok(grant.reason?.startsWith("Cannot: a b [31m c😀"), String(grant.reason));
  });
}
