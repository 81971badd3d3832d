/** Every recording is claimed by the one reader that it is written for, or by none. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { pictureOf, readers } from "../../../../src/drives/readers/mod.ts";
import { windowsReaders } from "../../../../src/drives/readers/windows/mod.ts";
import { hasShared, sharedPaths, sharedText } from "../../../helpers/shared_fixtures.ts";

const expected: Record<string, string> = {
  "powershell/Get-PhysicalDisk-fl-surface.txt": "PowerShell Format-List",
  "powershell/Get-PhysicalDisk-uniqueid-table.txt": "PowerShell table",
  "win32-volume-api/Win10v2004.xml": "Win32 volume API",
  "win32-volume-api/Win11.xml": "Win32 volume API",
  "win32-volume-api/Win7SP1.xml": "Win32 volume API",
  "wmi-list/2008-Enterprise-Win32_DiskDrive.txt": "wmic /format:list",
  "wmi-list/2008-Enterprise-Win32_LogicalDisk.txt": "wmic /format:list",
  "wmi-list/win10-crypt-Win32_DiskDrive.txt": "wmic /format:list",
  "wmi-list/win10-crypt-Win32_EncryptableVolume.txt": "wmic /format:list",
  "wmi-list/win10-crypt-Win32_LogicalDisk.txt": "wmic /format:list",
  "wmi-list/win10-crypt-Win32_Volume.txt": "wmic /format:list",
  "wmi-list/win7-sp1-x64-Win32_LogicalDisk.txt": "wmic /format:list",
  "wmi-query/CIM_ControlledBy.csv": "WMI query",
  "wmi-query/CIM_Controller.csv": "WMI query",
  "wmi-query/FailurePredictStatus.csv": "WMI query",
  "wmi-query/MSFT_PhysicalDisk-nvme-vmd.csv": "WMI query",
  "wmi-query/MSFT_Volume-no-letters.csv": "WMI query",
  "wmi-query/Win32_DiskDrive-ide-server.csv": "WMI query",
  "wmi-query/Win32_DiskDrive-nvme-vmd.csv": "WMI query",
  "wmic/DiskDrive-utf16.csv": "wmic /format:csv",
  "wmic/DiskDriveToDiskPartition-unescaped-quotes.csv": "wmic /format:csv",
  "wmic/LogicalDiskToPartition.csv": "wmic /format:csv",
};

const ignore = !hasShared;

Deno.test({
  name: "each recording of Windows is claimed by one reader, and parses",
  ignore,
  fn() {
    const paths = sharedPaths("windows").filter((path) => !path.includes("/smartctl/"));
    deepStrictEqual(paths, Object.keys(expected).map((path) => `windows/${path}`).sort());
    for (const [path, reader] of Object.entries(expected)) {
      const text = sharedText(`windows/${path}`);
      const claimed = readers.filter((one) => one.recognise(text)).map(({ name }) => name);
      deepStrictEqual([path, ...claimed], [path, reader]);
      ok(pictureOf([{ text, name: path }]).drives.every(({ id }) => id), path);
    }
  },
});

Deno.test({
  name: "readers for Windows claim nothing of other systems",
  ignore,
  fn() {
    const others = ["linux", "macos", "ffprobe", "windows/smartctl"].flatMap(sharedPaths);
    ok(others.length > 150);
    for (const path of others) {
      const text = sharedText(path);
      const claimed = windowsReaders.filter((one) => one.recognise(text)).map(({ name }) => name);
      deepStrictEqual([path, ...claimed], [path]);
    }
  },
});

Deno.test({
  name: "recordings of Windows cut in the middle do not throw anything but a refusal",
  ignore,
  fn() {
    for (const path of Object.keys(expected)) {
      const text = sharedText(`windows/${path}`);
      for (const share of [0.1, 0.5, 0.9]) {
        const cut = text.slice(0, Math.floor(text.length * share));
        try {
          pictureOf([{ text: cut, name: path }]);
        } catch (error) {
          ok(error instanceof Error && /^Cannot read/.test(error.message), path);
        }
      }
    }
  },
});

Deno.test("the names of the readers for Windows are their own", () => {
  strictEqual(new Set(readers.map(({ name }) => name)).size, readers.length);
});
