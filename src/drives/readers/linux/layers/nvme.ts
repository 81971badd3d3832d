/**
 * `nvme list` and `nvme list-subsys` in JSON: controllers, and the namespaces that are the disks.
 * With native multipath several controllers lead to one namespace.
 *
 * @module
 */
import type { Finding } from "../../../graph/block.ts";
import { parseJson, type Reader } from "../../reader.ts";
import { integer, kernelName, record, records, type Values, word } from "../../values.ts";

export const nvmeList: Reader = {
  name: "nvme list",
  platform: "linux",
  recognise: (text) =>
    /^\s*\{\s*"Devices"\s*:/.test(text) && /"(NameSpace|DevicePath|SubsystemNQN)"/.test(text),
  read(text) {
    const { Devices: devices } = record(parseJson("nvme list", text));
    return { devices: records(devices).flatMap((host) => disksOf(host)) };
  },
};

/** The same as a table for people; dashes below its header tell how wide each column is. */
export const nvmeTable: Reader = {
  name: "nvme list (table)",
  platform: "linux",
  recognise: (text) => /^\s*Node +(Generic +)?SN +Model +Namespace\b/.test(text),
  read(text) {
    const lines = text.split("\n");
    const at = lines.findIndex((line) => /^\s*-{4,} /.test(line));
    const columns = [...(lines[at] ?? "").matchAll(/-+/g)].map(({ 0: dashes, index }) => ({
      name: (lines[at - 1] ?? "").slice(index, index + dashes.length).trim(),
      start: index,
      end: index + dashes.length,
    }));
    return {
      devices: lines.slice(at + 1).flatMap((line) => {
        const value = (column: string) => {
          const { start = 0, end = 0 } = columns.find(({ name }) => name === column) ?? {};
          return line.slice(start, end).trim();
        };
        return diskOf({
          NameSpace: value("Node"),
          SerialNumber: value("SN"),
          ModelNumber: value("Model"),
        });
      }),
    };
  },
};

/** Controllers without their namespaces: it names no disk, and says so by naming none. */
export const nvmeSubsystems: Reader = {
  name: "nvme list-subsys",
  platform: "linux",
  recognise: (text) =>
    /^\s*[[{]/.test(text) && /"Subsystems"\s*:/.test(text) && /"NQN"\s*:/.test(text) &&
    /"Paths"\s*:/.test(text) && !/"Devices"\s*:/.test(text),
  read(text) {
    const answer = parseJson("nvme list-subsys", text);
    const hosts = Array.isArray(answer) ? records(answer) : [record(answer)];
    const subsystems = hosts.flatMap((host) => records(host.Subsystems));
    return { devices: subsystems.flatMap(({ Namespaces: list }) => records(list).flatMap(diskOf)) };
  },
};

function disksOf(host: Values): Finding[] {
  // The first layout lists the disks themselves.
  if (word(host.DevicePath)) return diskOf({ ...host, NameSpace: word(host.DevicePath) });
  return records(host.Subsystems).flatMap((subsystem) => {
    const controllers = records(subsystem.Controllers);
    const own = controllers.flatMap((controller) =>
      records(controller.Namespaces).flatMap((space) => diskOf({ ...controller, ...space }))
    );
    const shared = records(subsystem.Namespaces).flatMap((space) =>
      diskOf({ ...controllers[0], ...space })
    );
    return [...own, ...shared];
  });
}

function diskOf(fields: Values): Finding[] {
  const name = kernelName(word(fields.NameSpace) ?? word(fields.Name));
  if (!name || !/^nvme\d+n\d+$/.test(name)) return [];
  return [{
    name,
    type: "disk",
    transport: "nvme",
    model: word(fields.ModelNumber),
    serial: word(fields.SerialNumber),
    sizeBytes: sizeOf(fields),
  }];
}

/** Some versions count the bytes in 32 bits and go below zero; blocks are right. */
function sizeOf(fields: Values): number | undefined {
  const [blocks, size] = [integer(fields.MaximumLBA), integer(fields.SectorSize)];
  const bytes = integer(fields.PhysicalSize);
  if (blocks && size) return blocks * size;
  return bytes !== undefined && bytes > 0 ? bytes : undefined;
}
