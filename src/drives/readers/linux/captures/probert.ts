/**
 * What probert captures, the prober of Ubuntu's installer: udev's properties and the attributes of
 * every block device, mounts, and what the tools of each layer say.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { parseJson, type Reader, unreadable } from "../../reader.ts";
import { flag, integer, kernelName, record, records, type Values, word } from "../../values.ts";
import { flat, toMount } from "../kernel/findmnt.ts";
import { volumesOf } from "../layers/lvm.ts";
import { findingsOf, type Properties } from "../udev/properties.ts";
import { soleVolumeGroup } from "../udev/volume_group.ts";

export const probert: Reader = {
  name: "probert",
  platform: "linux",
  recognise: (text) => /^\s*\{/.test(text) && /"blockdev"\s*:\s*\{/.test(text),
  read(text) {
    const answer = record(parseJson("probert", text));
    const storage = "storage" in answer ? record(answer.storage) : answer;
    const blocks = record(storage.blockdev);
    if (Object.keys(blocks).length === 0 && !("blockdev" in storage)) {
      throw unreadable("probert", text, 'it has no "blockdev"');
    }
    const all = Object.values(blocks).map(record);
    const attributes = all.flatMap(attributesOf);
    const sizes = new Map(attributes.map(({ name, sizeBytes }) => [name, sizeBytes]));
    const devices = findingsOf(all.map(propertiesOf)).map((one) => ({
      ...one,
      sizeBytes: sizes.get(one.name) ?? one.sizeBytes,
    }));
    return {
      devices: [
        ...attributes,
        ...soleVolumeGroup(devices, all.map(propertiesOf)),
        ...arrays(storage),
        ...volumes(storage),
        ...containers(storage),
        ...paths(storage),
        ...caches(storage, all),
        ...pools(storage),
        ...signatures(storage),
      ],
      mounts: flat(records(storage.mount)).flatMap(toMount),
    };
  },
};

function propertiesOf(block: Values): Properties {
  const texts = Object.entries(block).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(texts) as Properties;
}

/** The kernel's attributes; some versions give the size of a partition in sectors. */
function attributesOf(block: Values): Finding[] {
  const name = kernelName(word(block.DEVNAME));
  if (!name) return [];
  const attributes = record(block.attrs);
  const size = integer(attributes.size);
  const sectors = integer(block.ID_PART_ENTRY_SIZE);
  return [{
    name,
    sizeBytes: size !== undefined && size === sectors ? size * SECTOR_BYTES : size,
    removable: flag(attributes.removable),
    readOnly: flag(attributes.ro),
    rotational: flag(attributes["queue/rotational"] ?? record(attributes.queue).rotational),
  }];
}

const SECTOR_BYTES = 512;

function arrays({ raid }: Values): Finding[] {
  return Object.entries(record(raid)).flatMap(([path, fields]) => {
    const { devices, spare_devices: spares, raidlevel } = record(fields);
    const isContainer = raidlevel === "container";
    const list = (value: unknown) =>
      Array.isArray(value) ? value.flatMap((one) => kernelName(word(one)) ?? []) : [];
    return [{
      name: kernelName(path)!,
      parents: [...list(devices), ...list(spares)],
      roles: isContainer ? {} : Object.fromEntries(list(spares).map((name) => [name, "spare"])),
    }];
  });
}

function volumes({ lvm }: Values): Finding[] {
  const { logical_volumes: logical, volume_groups: groups } = record(lvm);
  const rows = Object.values(record(logical)).map(record).map((fields) => ({
    vg_name: fields.volgroup,
    lv_name: fields.name,
  }));
  const known = Object.values(record(groups)).map(record).map((fields) => ({
    name: word(fields.name) ?? "",
    physical: Array.isArray(fields.devices)
      ? fields.devices.flatMap((one) => kernelName(word(one)) ?? [])
      : [],
  }));
  return volumesOf(rows, known);
}

function containers({ dmcrypt }: Values): Finding[] {
  return Object.values(record(dmcrypt)).map(record).flatMap((fields) => {
    const [name, device] = [kernelName(word(fields.blkdevname)), word(fields.name)];
    if (!name || !device) return [];
    const beneath = (word(fields.blkdevs_used) ?? "").split(",").flatMap((one) =>
      kernelName(one) ?? []
    );
    return [{ name, mapperName: device, parents: beneath }];
  });
}

function paths({ multipath }: Values): Finding[] {
  return records(record(multipath).paths).flatMap((path) => {
    const [disk, name] = [word(path.device), word(path.multipath)];
    if (!disk || !name || name === "[orphan]") return [];
    return [{ name, type: "mpath", parents: [disk], roles: { [disk]: "path" }, mentioned: true }];
  });
}

/** A set of caches serves every backing device that has its number. */
function caches({ bcache }: Values, blocks: Values[]): Finding[] {
  const members = (value: unknown) =>
    Object.values(record(value)).map(record).map(({ blockdev, superblock }) => ({
      name: kernelName(word(blockdev)),
      set: word(record(superblock)["cset.uuid"]),
      uuid: word(record(superblock)["dev.uuid"]),
    }));
  const { backing, caching } = record(bcache);
  return members(backing).flatMap(({ name, set, uuid }) => {
    const device = blocks.find(({ DEVLINKS }) =>
      uuid && word(DEVLINKS)?.split(" ").includes(`/dev/bcache/by-uuid/${uuid}`)
    );
    const bcacheName = kernelName(word(device?.DEVNAME));
    if (!name || !bcacheName) return [];
    const fast = members(caching).filter((one) => one.set === set).flatMap((one) => one.name ?? []);
    const roles = Object.fromEntries(fast.map((one) => [one, "cache"]));
    return [{ name: bcacheName, type: "bcache", parents: [name, ...fast], roles }];
  });
}

function pools({ zfs }: Values): Finding[] {
  return Object.entries(record(record(zfs).zpools)).map(([name, fields]) => {
    const members = leavesOf(record(record(record(fields).zdb).vdev_tree));
    return {
      name: `zpool:${name}`,
      type: "zpool",
      fileSystem: "zfs",
      label: name,
      parents: members.map(({ path }) => path),
      roles: Object.fromEntries(members.flatMap(({ path, role }) => role ? [[path, role]] : [])),
      mountPoints: mountedIn(record(record(fields).datasets)),
    };
  });
}

function leavesOf(vdev: Values, role?: string): { path: string; role: string | undefined }[] {
  const own = vdev.is_log === "1" || vdev.is_log === 1 ? "log" : role;
  const path = kernelName(word(vdev.path));
  if (path) return [{ path, role: own }];
  return Object.entries(vdev).flatMap(([key, child]) =>
    key.startsWith("children[") ? leavesOf(record(child), own) : []
  );
}

function mountedIn(datasets: Values): string[] {
  return Object.values(datasets).flatMap((dataset) => {
    const properties = record(record(dataset).properties);
    const value = (name: string) => word(record(properties[name]).value);
    const place = value("mountpoint");
    return value("mounted") === "yes" && place?.startsWith("/") ? [place] : [];
  }).sort();
}

function signatures({ filesystem }: Values): Finding[] {
  return Object.entries(record(filesystem)).flatMap(([path, fields]) => {
    const name = kernelName(path);
    const { TYPE, UUID, LABEL } = record(fields);
    if (!name) return [];
    const told = { fileSystem: word(TYPE), uuid: word(UUID), label: word(LABEL) };
    return [{ name, ...told, mentioned: true }];
  });
}
