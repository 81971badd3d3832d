/**
 * A program of the name `smartctl` on a path of the test's own: it writes down how it was called and
 * answers what the test says. Real smartctl cannot sleep, hang or fail to order.
 *
 * @module
 */
import { join } from "node:path";
import { tempDir } from "../../helpers/temp.ts";

export interface FakeAnswer {
  /** What it prints. */
  json: unknown;
  exit?: number;
}

export interface FakeSmartctl extends AsyncDisposable {
  /** Answers for a device, the next call on; "hang" never answers. */
  answers(device: string, answer: FakeAnswer | "hang"): Promise<void>;
  /** The arguments of every call so far. */
  calls(): Promise<string[][]>;
  /** The process of the call that hangs. */
  hangingPid(): Promise<number>;
}

/** Puts the fake first on this process's PATH until disposed. */
export async function fakeSmartctl(): Promise<FakeSmartctl> {
  const dir = await tempDir();
  const script = await dir.file(
    "smartctl",
    `#!/bin/sh
for last; do :; done
printf '%s\\t' "$@" >> "${dir.path}/calls"; printf '\\n' >> "${dir.path}/calls"
name=$(printf '%s' "$last" | tr / _)
if [ -e "${dir.path}/$name.hang" ]; then echo $$ > "${dir.path}/pid"; exec sleep 1000; fi
cat "${dir.path}/$name.json"
exit "$(cat "${dir.path}/$name.exit")"
`,
  );
  await Deno.chmod(script, 0o755);
  const path = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", `${dir.path}:${path}`);
  return {
    async answers(device, answer) {
      const name = join(dir.path, device.replaceAll("/", "_"));
      await Deno.remove(`${name}.hang`).catch(() => {});
      if (answer === "hang") return await Deno.writeTextFile(`${name}.hang`, "");
      await Deno.writeTextFile(`${name}.json`, JSON.stringify(answer.json));
      await Deno.writeTextFile(`${name}.exit`, String(answer.exit ?? 0));
    },
    async calls() {
      const text = await Deno.readTextFile(join(dir.path, "calls")).catch(() => "");
      return text.split("\n").filter(Boolean).map((line) => line.split("\t").slice(0, -1));
    },
    hangingPid: async () => Number(await Deno.readTextFile(join(dir.path, "pid"))),
    [Symbol.asyncDispose]: async () => {
      Deno.env.set("PATH", path);
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** What smartctl 7.3 prints for a drive that sleeps (`ataprint.cpp`, `jinf`). */
export function standby(device: string, exit = 3): FakeAnswer {
  const messages = [{
    string: `Device is in STANDBY mode, exit(${exit})`,
    severity: "information",
  }];
  return {
    exit,
    json: {
      json_format_version: [1, 0],
      smartctl: { version: [7, 3], messages, exit_status: exit },
      device: { name: device, info_name: `${device} [SAT]`, type: "sat", protocol: "ATA" },
    },
  };
}

/** A disk that is well but for `reallocated` sectors. */
export function healthy(device: string, reallocated = 0, exit = 0): FakeAnswer {
  const raw = { value: reallocated, string: String(reallocated) };
  return {
    exit,
    json: {
      json_format_version: [1, 0],
      smartctl: { version: [7, 3], exit_status: exit },
      device: { name: device, info_name: `${device} [SAT]`, type: "sat", protocol: "ATA" },
      model_name: "Spinner 4000",
      serial_number: "SP-1",
      rotation_rate: 7200,
      smart_status: { passed: true },
      ata_smart_attributes: { table: [{ id: 5, name: "Reallocated_Sector_Ct", value: 100, raw }] },
      temperature: { current: 31 },
      power_on_time: { hours: 100 },
    },
  };
}
