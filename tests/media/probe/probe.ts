/** Looks into a file as a worker does, for tests. @module */
import { openByteReader } from "../../../src/media/probe/byte_reader.ts";
import { probeContainer, type ProbedContainer } from "../../../src/media/probe/container.ts";
import { openTurnReader } from "../../../src/media/turn_reader.ts";

export async function probePath(
  path: string,
): Promise<(ProbedContainer & { bytesRead: number }) | undefined> {
  using file = await Deno.open(path);
  const reader = openByteReader(file, (await file.stat()).size, openTurnReader());
  const found = await probeContainer(reader);
  return found && { ...found, bytesRead: reader.bytesRead };
}
