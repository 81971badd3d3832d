/**
 * `multipath -ll`: the maps of device-mapper multipath, and the disks that are paths of each; and
 * the one-line form of `multipathd show maps raw format`.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import type { Reader } from "../../reader.ts";
import { kernelName, sizeIn } from "../../values.ts";

export const multipath: Reader = {
  name: "multipath -ll",
  platform: "linux",
  recognise: (text) => isMaps(text) || isRaw(text),
  read: (text) => ({ devices: isRaw(text) ? rawMapsIn(text) : mapsIn(text) }),
};

/**
 * "mpatha (3600…) dm-2 IBM,2107900", "3600… dm-2 IBM,2107900", "1IET     0008 dm-9 IET,DISK";
 * "reload: " may stand before, and a map without paths has no vendor.
 */
const map =
  /^(?:\w+: )?(\S+(?: +\S+)*?)(?: \(([^)]+)\))? (dm-\d+|\[nvme\]:nvme\d+n\d+) +([^,]*)(?:,([^,\n]*)|$)/;

/** "  |- 6:0:6:0 sdi 8:128 active undef running", and " \_ 2:0:0:1 sdb 8:16 [active][ready]". */
const path = /^[\s|`\\_-]+(\d+:\d+:\d+:\d+|#:#:#:#|\d+:\d+:\d+)\s+(\S+)\s+(\d+:\d+)/;

function isMaps(text: string): boolean {
  return map.test(text.trimStart().split("\n").find((line) => / dm-|\[nvme\]/.test(line)) ?? "") &&
    /^\[?size=/m.test(text);
}

function isRaw(text: string): boolean {
  return /^name='[^']*' multipath='[^']*' sysfs='/.test(text.trimStart());
}

function mapsIn(text: string): Finding[] {
  const findings: Finding[] = [];
  let current: Finding & { paths: Finding[] } | undefined;
  for (const line of text.split("\n")) {
    const [, name, wwid = name, device, vendor, model] = map.exec(line) ?? [];
    if (name && device) {
      current = { ...mapOf(device, name), paths: [], vendor, model, wwn: wwnOf(wwid!) };
      findings.push(current);
    }
    const size = /^\[?size=([\d.,]+ ?[KMGTPE]?)/.exec(line)?.[1];
    if (size && current) current.sizeBytes = sizeIn(size);
    const [, address, disk, deviceNumber] = path.exec(line) ?? [];
    if (!disk || !deviceNumber || !current || disk === "-") continue;
    current.paths.push({
      name: disk,
      type: "disk",
      address: address?.split(":").length === 4 && /^\d/.test(address) ? address : undefined,
      deviceNumber: deviceNumber === "0:0" ? undefined : deviceNumber,
      sizeBytes: current.sizeBytes,
      vendor: current.vendor,
      model: current.model,
      wwn: current.wwn,
    });
  }
  return findings.flatMap((finding) => {
    const { paths = [], vendor, model, wwn, ...rest } = finding as typeof current & object;
    if (rest.type === "disk") return [{ ...rest, vendor, model, wwn }];
    const parents = paths.map(({ name }) => name);
    const roles = Object.fromEntries(parents.map((name) => [name, "path"]));
    return [{ ...rest, parents, roles }, ...paths];
  });
}

/** NVMe joins its paths itself: what multipath lists there is the namespace. */
function mapOf(device: string, name: string): Finding {
  const namespace = /nvme\d+n\d+/.exec(device)?.[0];
  if (namespace) return { name: namespace, type: "disk" };
  return { name: device, mapperName: name, type: "mpath" };
}

/** A name of type 3 is the drive's own, as udev gives it; others are made of vendor and serial. */
function wwnOf(wwid: string): string | undefined {
  const naa = /^3([\da-f]{16}|[\da-f]{32})$/i.exec(wwid)?.[1];
  return naa ? `0x${naa}` : /^(eui|nvme|uuid)\./.test(wwid) ? wwid : undefined;
}

function rawMapsIn(text: string): Finding[] {
  return text.split("\n").flatMap((line) => {
    const value = (key: string) => new RegExp(`${key}='([^']*)'`).exec(line)?.[1];
    const [name, device] = [value("name"), kernelName(value("sysfs"))];
    if (!name || !device) return [];
    if (!device.startsWith("nvme")) return [mapOf(device, name)];
    return [{ name: device, type: "disk", wwn: wwnOf(value("multipath") ?? "") }];
  });
}
