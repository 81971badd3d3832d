/** A room of ingest over a real library with real workers, and a source beside it. @module */
import { join } from "node:path";
import { silent } from "../../../src/base/log.ts";
import { openIngestRoom, type PlanRequest } from "../../../src/items/ingest/mod.ts";
import { openRig } from "../../media/rig.ts";

export async function openIngestRig(options: Parameters<typeof openRig>[0] = {}) {
  const events: string[] = [];
  const rig = await openRig({
    onPublish: (type, data) => events.push(`${type} ${data.state ?? ""}`),
    ...options,
  });
  const ingestDirs: string[] = [];
  const ingest = openIngestRoom({
    ...rig,
    publish: (type, data) => events.push(`${type} ${data.state}`),
    log: silent,
    ingestDirs: () => ingestDirs,
  });
  const source = join(rig.dir.path, "in");
  await Deno.mkdir(source);
  const signal = AbortSignal.timeout(30_000);
  const caller = { user: "owner", isLocal: true, signal };
  return {
    ...rig,
    ingest,
    ingestDirs,
    events,
    source,
    signal,
    /** Writes a file into the source; the same text is the same content. */
    put: (name: string, content: string | Uint8Array) => rig.dir.file(`in/${name}`, content),
    plan: (request: Partial<PlanRequest> = {}, by: Partial<typeof caller> = {}) =>
      ingest.plan({ sources: [source], ...request }, { ...caller, ...by }),
    execute: (id: string) => ingest.execute(id, { signal }),
    /** File name → where it goes in the root, or why it stays. */
    told(id: string): Record<string, string> {
      const steps = ingest.steps(id, { after: -1, limit: 1000 });
      return Object.fromEntries(steps.map((it) => [
        it.source.slice(source.length + 1),
        it.action === "take" ? it.target!.slice(rig.root.length + 1) : it.reason,
      ]));
    },
  };
}
