/**
 * Makes one set of devices from what several tools told: the same device under another name is
 * one, the first word on a fact counts, and lists are joined.
 *
 * @module
 */
import type { BlockDevice, Finding } from "./block.ts";
import { isMountOf, type Mount, serverOf } from "./mount_info.ts";

/** What a reader got out of one recording. */
export interface Findings {
  devices?: Finding[];
  /** What is mounted where; found again on the devices once all are known. */
  mounts?: Mount[];
}

/** Joins all findings, the best tool's first; parents that nobody described are left out. */
export function gather(all: readonly Findings[]): BlockDevice[] {
  const devices = new Set<BlockDevice>();
  const byAnyName = new Map<string, BlockDevice>();
  for (const { devices: findings = [] } of all) {
    for (const finding of findings) {
      const names = namesOf(finding);
      const known = names.map((name) => byAnyName.get(name)).find(Boolean);
      const device = known ?? { ...blank(), name: finding.name };
      if (known && known.name !== finding.name) known.aliases.add(finding.name);
      take(device, finding);
      devices.add(device);
      for (const name of names) if (!byAnyName.has(name)) byAnyName.set(name, device);
    }
  }
  for (const mount of all.flatMap(({ mounts = [] }) => mounts)) place(mount, devices, byAnyName);
  for (const device of devices) {
    device.type ||= "disk";
    const roles = [...device.roles].map(([name, role]) =>
      [byAnyName.get(name)?.name ?? name, role] as const
    );
    device.roles = new Map(roles);
    device.parents = new Set(
      [...device.parents].flatMap((name) => byAnyName.get(name)?.name ?? []),
    );
  }
  return [...devices];
}

function namesOf({ name, mapperName, aliases = [] }: Finding): string[] {
  return [...new Set([name, ...mapperName ? [mapperName] : [], ...aliases])];
}

function blank(): Omit<BlockDevice, "name"> {
  return {
    type: "",
    aliases: new Set(),
    parents: new Set(),
    roles: new Map(),
    mountPoints: new Set(),
  };
}

function take(device: BlockDevice, finding: Finding): void {
  const { name: _, aliases = [], parents = [], mountPoints = [], roles = {}, ...facts } = finding;
  for (const alias of aliases) if (alias !== device.name) device.aliases.add(alias);
  for (const parent of parents) device.parents.add(parent);
  for (const path of mountPoints) device.mountPoints.add(path);
  for (const [parent, role] of Object.entries(roles)) device.roles.set(parent, role);
  const known = device as unknown as Record<string, unknown>;
  for (const [fact, value] of Object.entries(facts)) {
    if (value !== undefined && (known[fact] === undefined || known[fact] === "")) {
      known[fact] = value;
    }
  }
}

/** Notes a mount on its device; one of a server makes the server, and its share, devices. */
function place(
  mount: Mount,
  devices: Set<BlockDevice>,
  byAnyName: Map<string, BlockDevice>,
): void {
  const server = serverOf(mount);
  if (server) {
    add({ name: `net:${server}`, type: "server", aliases: [server], transport: mount.fileSystem });
    add({
      name: mount.source,
      type: "share",
      parents: [`net:${server}`],
      fileSystem: mount.fileSystem,
      mountPoints: [mount.mountPoint],
      readOnly: mount.readOnly,
    });
    return;
  }
  for (const device of devices) {
    const names = [device.name, ...device.aliases];
    if (device.mapperName) names.push(device.mapperName);
    if (!isMountOf(mount, device.deviceNumber, names)) continue;
    take(device, {
      name: device.name,
      mountPoints: [mount.mountPoint],
      fileSystem: mount.fileSystem,
    });
    // A device that could be written may be mounted so that it cannot.
    const mounted = mounts.filter((one) => isMountOf(one, device.deviceNumber, names));
    device.readOnly = mounted.every(({ readOnly }) => readOnly);
  }

  function add(finding: Finding): void {
    const known = byAnyName.get(finding.name);
    const device = known ?? { ...blank(), name: finding.name };
    take(device, finding);
    devices.add(device);
    byAnyName.set(finding.name, device);
  }
}
