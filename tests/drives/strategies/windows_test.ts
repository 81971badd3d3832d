/** How Windows is asked; the answers are in the fixtures of the readers. @module */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { CommandError, type Run, type RunOptions } from "../../../src/base/command.ts";
import { silent } from "../../../src/base/log.ts";
import { detectDrives } from "../../../src/drives/detect.ts";
import { strategies } from "../../../src/drives/strategies/mod.ts";
import { powershell } from "../../../src/drives/strategies/powershell.ts";

const answers = Object.fromEntries(["powershell", "cim"].map((name) => [
  name,
  Deno.readTextFileSync(new URL(`../../fixtures/${name}/written_desktop.json`, import.meta.url)),
]));

/** The script that a command line asks for. */
function scriptIn(args: string[]): string {
  const bytes = Uint8Array.from(atob(args.at(-1)!), (letter) => letter.charCodeAt(0));
  return new TextDecoder("utf-16le").decode(bytes);
}

const signal = new AbortController().signal;

Deno.test("powershell asks once, without a shell, for what its reader reads", async () => {
  const asked: [string, string[], RunOptions | undefined][] = [];
  const run: Run = (program, args, options) => {
    asked.push([program, args, options]);
    return Promise.resolve(answers.powershell!);
  };
  const recordings = await powershell.collect({ run, signal });

  strictEqual(asked.length, 1);
  const [[program, args, options] = ["", []]] = asked;
  strictEqual(program, "powershell.exe");
  deepStrictEqual(args.slice(0, -1), [
    "-NoProfile",
    "-NonInteractive",
    "-ExecutionPolicy",
    "Bypass",
    "-EncodedCommand",
  ]);
  // CreateProcess takes 32,767 characters.
  ok(args.join(" ").length < 30_000);
  strictEqual(options?.signal, signal);
  ok((options?.timeoutMs ?? Infinity) < 15_000);
  const script = scriptIn(args);
  for (const part of ["Get-PhysicalDisk", "Get-Partition", "Get-StoragePool", "ConvertTo-Json"]) {
    ok(script.includes(part), part);
  }
  strictEqual(powershell.parse(recordings).drives.length, 9);
});

Deno.test("powershell takes pwsh where there is no powershell.exe, and no other failure for that", async () => {
  const programs: string[] = [];
  const missing: Run = (program) => {
    programs.push(program);
    if (program === "pwsh") return Promise.resolve(answers.powershell!);
    return Promise.reject(new CommandError("not installed", { program, missing: true }));
  };
  await powershell.collect({ run: missing, signal });
  deepStrictEqual(programs, ["powershell.exe", "pwsh"]);

  const denied: Run = (program) => Promise.reject(new CommandError("exited with 1", { program }));
  await rejects(powershell.collect({ run: denied, signal }), CommandError);
});

Deno.test("Windows without the Storage module is asked by CIM", async () => {
  const error = "CommandNotFoundException: The term 'Get-Disk' is not recognized";
  const failed = JSON.stringify({
    windowsStorage: 1,
    parts: { MSFT_PhysicalDisk: { error }, MSFT_Disk: { error } },
  });
  const run: Run = (_, args) =>
    Promise.resolve(scriptIn(args).includes("windowsCim") ? answers.cim! : failed);
  const detection = await detectDrives({
    strategies: strategies.windows,
    run,
    log: silent,
    signal,
  });

  strictEqual(detection.strategy, "cim");
  strictEqual(detection.drives.find(({ name }) => name === "PhysicalDrive10")?.kind, "usb");
});

Deno.test("Windows that cannot be asked at all has one unknown drive, and that is a guess", async () => {
  const run: Run = () => Promise.reject(new CommandError("blocked by your administrator", {}));
  const detection = await detectDrives({
    strategies: strategies.windows,
    run,
    log: silent,
    signal,
  });

  deepStrictEqual([detection.strategy, detection.isGuess], ["fallback", true]);
});

Deno.test("the scripts close what they open, and say nothing twice", async () => {
  const scripts: string[] = [];
  const run: Run = (_, args) => {
    scripts.push(scriptIn(args));
    return Promise.resolve("");
  };
  for (const { collect } of strategies.windows) await collect({ run, signal });

  strictEqual(scripts.length, 2);
  for (const script of scripts) {
    const bare = script.replaceAll(/'[^']*'|"[^"]*"/g, "");
    for (const [open, close] of ["()", "{}", "[]"].map((pair) => [...pair])) {
      strictEqual(bare.split(open!).length, bare.split(close!).length, `${open}${close}`);
    }
    const parts = [...script.matchAll(/^(?:Part|Ask) '(\w+)'/gm)].map(([, name]) => name);
    ok(parts.length > 7);
    strictEqual(new Set(parts).size, parts.length);
    ok(script.split("\n").every((line) => /^[\x20-\x7e]*$/.test(line)), "ASCII only");
  }
});
