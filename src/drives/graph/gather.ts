/**
 * Makes one set of devices from what several tools told: the same device under another name is
 * one, the first word on a fact counts, and lists are joined.
 *
 * @module
 */
import { type BlockDevice, type Finding, isHiddenPath, mentionOf } from "./block.ts";
import type { Mount } from "./mount_info.ts";
import { createNames, linksOf, type Names } from "./names.ts";
import { placeMounts } from "./place_mounts.ts";

/** What a reader got out of one recording. */
export interface Findings {
  devices?: Finding[];
  /** What is mounted where; found again on the devices once all are known. */
  mounts?: Mount[];
}

/** The devices so far. */
export interface Gathered {
  names: Names;
  devices: Set<BlockDevice>;
  /** Notes a finding on its device, which is made when it is new. */
  take(finding: Finding): BlockDevice;
  /** Whether a tool told which disks there are; if not, names in other tools' lines must do. */
  disksAreListed(): boolean;
}

/** Joins all findings, the best tool's first; parents that nobody described are left out. */
export function gather(all: readonly Findings[]): BlockDevice[] {
  const gathered = startGathering();
  const { devices, names, take } = gathered;
  const findings = all.flatMap(({ devices = [] }) => devices)
    .filter(({ name }) => !isHiddenPath(name));
  for (const finding of findings) if (!finding.mentioned) take(finding);
  for (const device of devices) names.add(device, [], linksOf({ ...device, type: typeOf(device) }));
  const mentioned = findings.filter((one) => one.mentioned);
  const isAlone = !gathered.disksAreListed();
  const wanted = disksOfOrphans(gathered);
  for (const finding of [...mentioned, ...isAlone ? findings.flatMap(mentionsIn) : []]) {
    const known = names.find(finding.name);
    if (known) note(known, finding);
    else if (isAlone || wanted.has(finding.name)) take(finding);
  }
  placeMounts(all.flatMap(({ mounts = [] }) => mounts), gathered);
  const pool = onlyPool(devices);
  for (const device of devices) {
    if (/^zd\d+$/.test(device.name)) { for (const name of pool) device.anyOf.add(name); }
    settle(device, names);
  }
  return [...devices];
}

function startGathering(): Gathered {
  const devices = new Set<BlockDevice>();
  const names = createNames();
  return {
    names,
    devices,
    take(finding) {
      const own = [...new Set([finding.name, finding.mapperName ?? [], ...finding.aliases ?? []])]
        .flat();
      const known = own.map((name) => names.own(name)).find(Boolean);
      const device = known ?? { ...blank(), name: finding.name, mentioned: finding.mentioned };
      if (known && known.name !== finding.name) known.aliases.add(finding.name);
      note(device, finding);
      devices.add(device);
      names.add(device, own, finding.links ?? []);
      return device;
    },
    disksAreListed: () =>
      [...devices].some((one) => typeOf(one) === "disk" || typeOf(one) === "rom"),
  };
}

function blank(): Omit<BlockDevice, "name"> {
  return {
    type: "",
    aliases: new Set(),
    links: new Set(),
    parents: new Set(),
    anyOf: new Set(),
    roles: new Map(),
    mountPoints: new Set(),
  };
}

function note(device: BlockDevice, finding: Finding): void {
  const { name: _, mentioned: __, roles = {}, ...told } = finding;
  const { aliases = [], links = [], parents = [], anyOf = [], mountPoints = [], ...facts } = told;
  for (const alias of aliases) if (alias !== device.name) device.aliases.add(alias);
  for (const link of links) device.links.add(link);
  for (const parent of parents) device.parents.add(parent);
  for (const name of anyOf) device.anyOf.add(name);
  for (const path of mountPoints) device.mountPoints.add(path);
  for (const [parent, role] of Object.entries(roles)) device.roles.set(parent, role);
  const known = device as unknown as Record<string, unknown>;
  for (const [fact, value] of Object.entries(facts)) {
    if (value !== undefined && (known[fact] === undefined || known[fact] === "")) {
      known[fact] = value;
    }
  }
}

/** The members of the one pool of ZFS that there is: a volume of ZFS must be of it. */
function onlyPool(devices: Iterable<BlockDevice>): string[] {
  const members = [...devices].filter(({ fileSystem }) => fileSystem === "zfs_member");
  return new Set(members.map(({ label }) => label)).size === 1
    ? members.map(({ name }) => name)
    : [];
}

/** Disks that no tool lists, though one lists their partitions: these must be on something. */
function disksOfOrphans({ devices, names }: Gathered): Set<string> {
  const orphans = [...devices].filter((one) =>
    typeOf(one) === "part" && ![...one.parents].some((name) => names.find(name))
  );
  return new Set(orphans.flatMap(({ parents }) => [...parents]));
}

/** Who tells no type tells of a disk. */
function typeOf({ type }: BlockDevice): string {
  return type || "disk";
}

/** The parents of a device, as far as their names say what they are. */
function mentionsIn({ parents = [], anyOf = [] }: Finding): Finding[] {
  return [...parents, ...anyOf].flatMap(mentionOf);
}

/** What a hidden volume of LVM is for, by the end of its name. */
const layers: [RegExp, string][] = [
  [/_(cdata|cvol|cpool|cpool_cdata|vdo_cache)$|_cpool$/, "cache"],
  [/_cmeta$/, "cache"],
  [/_(tmeta|rmeta_\d+)$/, "metadata"],
];

/** Turns the names of parents into names of devices, now that all are known. */
function settle(device: BlockDevice, names: Names): void {
  device.type = typeOf(device);
  const real = (name: string) => names.find(name)?.name;
  const roles = [...device.roles].flatMap(([name, role]) => {
    const known = real(name);
    return known ? [[known, role] as const] : [];
  });
  device.roles = new Map(roles);
  const known = (list: Set<string>) => {
    const found = [...list].flatMap((name) => real(name) ?? []);
    return new Set(found.filter((name) => name !== device.name));
  };
  device.parents = known(device.parents);
  if (device.parents.size === 0) device.parents = known(device.anyOf);
  if (device.type === "zpool") {
    device.uuid ??= [...device.parents].map((name) => names.own(name))
      .find((one) => one?.fileSystem === "zfs_member")?.uuid;
  }
  for (const parent of device.parents) {
    if (device.roles.has(parent)) continue;
    const beneath = names.own(parent)?.mapperName ?? "";
    const role = layers.find(([pattern]) => pattern.test(beneath))?.[1];
    if (role) device.roles.set(parent, role);
  }
}
