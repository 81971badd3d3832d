/**
 * What lies under and over each device.
 *
 * @module
 */
import { type BlockDevice, emmcNameOf, type Graph } from "./block.ts";

/** Links the devices; a parent that is not among them is dropped. */
export function createGraph(found: Iterable<BlockDevice>): Graph {
  const devices = new Map<string, BlockDevice>();
  for (const device of found) devices.set(device.name, device);
  const children = new Map<string, BlockDevice[]>();
  for (const device of devices.values()) {
    const emmc = emmcNameOf(device.name);
    const beneath = emmc ? [emmc] : [...device.parents];
    device.parents = new Set(beneath.filter((name) => name !== device.name && devices.has(name)));
    for (const name of device.parents) {
      children.set(name, [...children.get(name) ?? [], device]);
    }
  }

  function rootsOf(name: string, seen = new Set<string>()): string[] {
    // A tool that tells of a circle must not hang us.
    if (seen.has(name)) return [];
    seen.add(name);
    const { parents, roles } = devices.get(name) ?? {};
    if (!parents?.size) return [name];
    // A spare holds nothing as long as it is one.
    const used = [...parents].filter((parent) => roles?.get(parent) !== "spare");
    const beneath = used.length > 0 ? used : [...parents];
    return [...new Set(beneath.flatMap((parent) => rootsOf(parent, seen)))];
  }
  return {
    devices,
    rootsOf: (name) => rootsOf(name),
    childrenOf: (name) => children.get(name) ?? [],
  };
}
