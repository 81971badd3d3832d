/**
 * What Windows tells of a drive, in the words in which other systems tell the same: a drive keeps
 * its id whichever class or system was asked.
 *
 * @module
 */

/** STORAGE_BUS_TYPE in ntddstor.h, in lsblk's words where it has one. */
const buses: readonly (string | undefined)[] = [
  undefined,
  "scsi",
  "atapi",
  "ata",
  "ieee1394",
  "ssa",
  "fc",
  "usb",
  "raid",
  "iscsi",
  "sas",
  "sata",
  "mmc",
  "emmc",
  "virtual",
  "file",
  "spaces",
  "nvme",
  "scm",
  "ufs",
  "nvme-of",
];

/** The same as PowerShell prints them. */
const busWords: Record<string, string> = {
  "1394": "ieee1394",
  "fibre channel": "fc",
  "file backed virtual": "file",
  "nvmeof": "nvme-of",
  "sd": "mmc",
  "mmc": "emmc",
  "storage spaces": "spaces",
};

/** The bus, of a number or a word; undefined of "Unknown" and of what is not in the list. */
export function busIn(value: string | undefined): string | undefined {
  const word = value?.toLowerCase() ?? "";
  if (busWords[word]) return busWords[word];
  if (/^\d+$/.test(word)) return buses[Number(word)];
  return buses.find((bus) => bus === word);
}

/** What a Plug and Play id says: `USBSTOR\DISK&VEN_SANDISK&PROD_CRUZER&REV_1.00\0002262&0`. */
export interface PnpFacts {
  /** Upper case, and the same from `\\?\usbstor#disk&ven_…#0002262&0#{…}`. */
  id: string;
  enumerator: string;
  vendor?: string | undefined;
  product?: string | undefined;
  /** Of `IDE\DISK…`: 40 letters of model, then 8 of firmware, filled up with "_". */
  ataModel?: string | undefined;
  /** Only where the device told one; else Windows made the instance from the place. */
  serial?: string | undefined;
}

export function pnpFacts(path: string | undefined): PnpFacts | undefined {
  const bare = path?.trim().replace(/^\\\\[?.]\\/, "").replace(/#\{[\da-f-]{36}\}.*$/i, "");
  const [enumerator, device, instance] = bare?.split(/[\\#]/) ?? [];
  if (!enumerator || !device || !instance || !/^[A-Z]+$/i.test(enumerator)) return;
  const id = `${enumerator}\\${device}\\${instance}`;
  const part = (name: string) =>
    new RegExp(`&${name}_([^&]*)`, "i").exec(device)?.[1]?.replaceAll("_", " ").trim() || undefined;
  const isOwn = instance[1] !== "&";
  return {
    id: id.toUpperCase(),
    enumerator: enumerator.toUpperCase(),
    vendor: part("VEN"),
    product: part("PROD"),
    ataModel: /^IDE$/i.test(enumerator)
      ? /^(?:DISK|CDROM)(.{40})/i.exec(device)?.[1]?.replaceAll("_", " ").trim()
      : undefined,
    serial: isOwn && /^USBSTOR$/i.test(enumerator) ? instance.replace(/&\d+$/, "") : undefined,
  };
}

/** Whether the driver of NVMe made this id, also where the controller calls itself RAID (VMD). */
export function isNvme(pnp: PnpFacts | undefined, serial?: string): boolean {
  return pnp?.vendor?.toUpperCase() === "NVME" || euiIn(serial) !== undefined;
}

/** Windows appends what it took the drive for: "HGST HUS726020ALE614 ATA Device". */
const appended =
  /\s+(ATA|SATA|USB|UAS|SCSI|SCSI Disk|SCSI CdRom|RAID|SD|IEEE 1394 SBP2)( Disk)? Device$/i;

/**
 * Model and vendor, which Win32_DiskDrive joins: "SanDisk Cruzer Fit USB Device". Of a SATA disk
 * the whole name is the model, "WDC WD40EFRX-68N32N0", though its Plug and Play id splits it, too.
 */
export function modelIn(
  told: string | undefined,
  manufacturer: string | undefined,
  pnp?: PnpFacts,
): { model?: string | undefined; vendor?: string | undefined } {
  const suffix = appended.exec(` ${told ?? ""}`)?.[0] ?? "";
  const model = ` ${told ?? ""}`.replace(appended, "").trim().replaceAll(/\s+/g, " ") || undefined;
  const isJoined = pnp?.enumerator === "USBSTOR" || /SCSI/i.test(suffix);
  const maker = makerIn(manufacturer);
  for (const vendor of [maker, isJoined ? makerIn(pnp?.vendor) : undefined]) {
    if (!vendor || !model?.toLowerCase().startsWith(`${vendor.toLowerCase()} `)) continue;
    return { vendor: model.slice(0, vendor.length), model: model.slice(vendor.length).trim() };
  }
  return { model, vendor: maker };
}

/** "(Standard disk drives)", in any language, is no maker; nor are NVMe and ATA. */
function makerIn(text: string | undefined): string | undefined {
  const maker = text?.trim();
  return !maker || /^\(|^(nvme|ata|generic[ -]*)$/i.test(maker) ? undefined : maker;
}

/** The serial number and the world-wide name, of what is told as the serial and as unique id. */
export function identityIn(
  { serial, uniqueId, adapterSerial }: {
    serial?: string | undefined;
    uniqueId?: string | undefined;
    /** Of an NVMe controller: what other systems call the serial of the drive. */
    adapterSerial?: string | undefined;
  },
): { serial?: string | undefined; wwn?: string | undefined } {
  const eui = euiIn(serial);
  const wwn = eui ?? wwnIn(uniqueId);
  if (eui) return { serial: serialIn(adapterSerial), wwn };
  return { serial: serialIn(serial), wwn };
}

/** The driver of NVMe writes the EUI-64 or NGUID where a serial should be: 0025_3844_61B5_6586. */
function euiIn(serial: string | undefined): string | undefined {
  const bare = serial?.trim().replace(/\.$/, "") ?? "";
  if (!/^[\dA-F]{4}(_[\dA-F]{4}){3}((_[\dA-F]{4}){4})?$/i.test(bare)) return;
  const digits = bare.replaceAll("_", "").toLowerCase();
  return /^0+$/.test(digits) ? undefined : `eui.${digits}`;
}

/** A name of NAA or EUI in a UniqueId, written as lsblk writes it. Others are this machine's. */
function wwnIn(uniqueId: string | undefined): string | undefined {
  const bare = uniqueId?.trim().toLowerCase() ?? "";
  if (/^eui\.[\da-f]{16}([\da-f]{16})?$/.test(bare)) return bare;
  const naa = bare.replace(/^naa\.|^0x/, "");
  return /^([235][\da-f]{15}|6[\da-f]{31})$/.test(naa) ? `0x${naa}` : undefined;
}

function serialIn(told: string | undefined): string | undefined {
  const bare = (ataSerialIn(told) ?? told)?.trim().replace(/\.$/, "") ?? "";
  // One letter or a bracket is what is left of a descriptor that was read at the wrong place.
  return bare.replaceAll(/[^a-z\d]/gi, "").length > 1 ? bare : undefined;
}

/**
 * Windows 7 and older print the 20 bytes of an ATA serial in hexadecimal, and as the drive sends
 * them: in words of two letters, each the wrong way round. "2020202057202d44…" is "WD-…".
 */
function ataSerialIn(told = ""): string | undefined {
  if (!/^(2[\da-f]|[3-6][\da-f]|7[\da-e]){20}$/i.test(told.trim())) return;
  const letters = told.trim().match(/../g)!.map((pair) => String.fromCharCode(parseInt(pair, 16)));
  return letters.join("").replaceAll(/(.)(.)/g, "$2$1");
}

/** Model and serial of a T10 name: "ATA", then 40 letters and 20, as the SCSI layer joins them. */
export function t10In(uniqueId: string | undefined): { model?: string; serial?: string } {
  const [, model, serial] = /^ATA {5}(.{40})(.{20})$/.exec(uniqueId?.trim() ?? "") ?? [];
  if (!model || !serial) return {};
  return { model: model.trim(), serial: serial.trim() };
}

/** Whether it rotates, of MSFT_PhysicalDisk.MediaType as number or word; 0 does not say. */
export function rotationIn(
  mediaType: string | undefined,
  spindleSpeed: number | undefined,
): { rotational?: boolean | undefined; rotationRpm?: number | undefined } {
  // 4294967295 is "rotates, at a speed not known", and stands also where nothing is known.
  const rpm = spindleSpeed && spindleSpeed < 100_000 ? spindleSpeed : undefined;
  if (mediaType === "3" || /^hdd$/i.test(mediaType ?? "")) {
    return { rotational: true, rotationRpm: rpm };
  }
  if (/^([45]|ssd|scm)$/i.test(mediaType ?? "")) return { rotational: false };
  return rpm ? { rotational: true, rotationRpm: rpm } : {};
}
