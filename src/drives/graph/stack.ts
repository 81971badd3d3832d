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
  }
  for (const device of devices.values()) {
    device.parents = withoutShortcuts(device, devices);
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

/** A parent that lies beneath another parent as well: one tool told less of the way than others. */
function withoutShortcuts(device: BlockDevice, devices: Map<string, BlockDevice>): Set<string> {
  const { parents, roles } = device;
  if (parents.size < 2) return parents;
  const kept = [...parents].filter((name) =>
    roles.has(name) ||
    ![...parents].some((other) =>
      other !== name && isBeneath(name, other, devices) && !isBeneath(other, name, devices)
    )
  );
  return new Set(kept);
}

function isBeneath(name: string, top: string, devices: Map<string, BlockDevice>): boolean {
  const seen = new Set<string>();
  const ahead = [top];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const parent of devices.get(next)?.parents ?? []) {
      if (parent === name) return true;
      ahead.push(parent);
    }
  }
  return false;
}
