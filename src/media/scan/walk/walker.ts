/**
 * The Web Worker that walks: it looks into folders and at files, compares what it finds with what is
 * stored, and tells only what is different.
 *
 * @module
 */
import { Reader, serveJobs } from "../../../pool/mod.ts";
import { openPages } from "../../../db/mod.ts";
import { createWalkReader, type WalkReader } from "./store.ts";
import { Walk } from "./walk.ts";
import type { WalkJob, WalkResult } from "./open_walker.ts";

let reader: WalkReader | undefined;
let walk: Walk | undefined;

serveJobs<WalkJob, WalkResult>((job) => {
  if ("database" in job) reader ??= createWalkReader(openPages(job.database));
  if ("middleOf" in job) {
    const { root, folder, few } = job.middleOf;
    return { middle: reader!.middle(root, folder, few) };
  }
  if ("begin" in job) {
    walk = new Walk(job.begin, reader!);
    return undefined;
  }
  if (!walk) throw new Error("Cannot go on with a walk that has not begun");
  const lane = new Reader(job.cells);
  return walk.step(job.step, () => lane.mustAsk);
});
