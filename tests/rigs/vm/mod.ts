/**
 * A virtual machine with real disks of every kind, on plain QEMU: no /dev/kvm needed. It is slow,
 * about a tenth of this machine, and gone without a trace when it is let go.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../../helpers/wait.ts";
import { buildGuest } from "./build.ts";
import { sweep, vmFolder, waitForTurn } from "./folder.ts";
import { blockOf, controllers, deviceOf, type DiskId, disks } from "./disks.ts";
import { type Guest, speakToGuest } from "./guest.ts";
import { type Qmp, speakQmp } from "./qmp.ts";

export { whyNot } from "./build.ts";
export { vmFolder } from "./folder.ts";
export type { DiskId } from "./disks.ts";
export type { Result } from "./guest.ts";

export interface VmOptions {
  /** A folder that the guest sees, read-only, as /src, and has on its PATH. */
  share: string;
  say?: (line: string) => void;
  memoryMb?: number;
}

export interface Vm extends AsyncDisposable, Guest {
  qmp: Qmp;
  /** The port on this machine that leads to the guest's port 8080. */
  port: number;
  /** Pulls a disk out, mounted or not. Not those behind SATA. */
  unplug(id: DiskId): Promise<void>;
  plug(id: DiskId): Promise<void>;
  /** Stops a disk that is served: reads of it wait, and nothing fails. */
  hang(id: DiskId): void;
  /** Lets it go on. */
  revive(id: DiskId): void;
  /** All that the guest's kernel has said. */
  console(): Promise<string>;
}

/** It takes 15 s on two processors of its own. */
const BOOT_MS = 180_000;

/** A kernel that says nothing for so long has stopped: emulated, one in ten does on a busy host. */
const SILENT_MS = 40_000;
const ATTEMPTS = 4;

/** Boots, and answers when the guest does. */
export async function startVm(options: VmOptions): Promise<Vm> {
  const { say = () => {} } = options;
  await using held = new AsyncDisposableStack();
  const guestDir = await buildGuest(say);
  held.use(await waitForTurn(guestDir, say));
  await sweep();
  for (let attempt = 1;; attempt++) {
    try {
      const vm = held.use(await boot(guestDir, options));
      const all = held.move();
      return { ...vm, [Symbol.asyncDispose]: () => all.disposeAsync() };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      say(`The machine does not come up, another one: ${error}`);
    }
  }
}

async function boot(guestDir: string, { share, memoryMb = 2048 }: VmOptions): Promise<Vm> {
  await using held = new AsyncDisposableStack();
  const folder = held.use(await vmFolder()).path;
  await Deno.mkdir(`${folder}/out`);

  const servers = new Map<string, Deno.ChildProcess>();
  for (const { id, megabytes, backing } of disks as typeof disks & { backing?: { as: string } }[]) {
    const image = `${folder}/${id}.img`;
    await Deno.writeFile(image, new Uint8Array());
    await Deno.truncate(image, megabytes * 2 ** 20);
    if (backing?.as !== "served") continue;
    servers.set(id, held.use(await serveImage(image, `${folder}/${id}.sock`)).child);
  }

  // QEMU comes to us, so that nobody waits for a socket to appear.
  const [qmpDoor, execDoor] = ["qmp", "exec"].map((name) =>
    held.use(Deno.listen({ transport: "unix", path: `${folder}/${name}.sock` }))
  );
  const qemu = held.use(spawn("qemu-system-x86_64", [
    ..."-machine q35 -accel tcg,thread=multi -cpu Nehalem -smp 2 -nodefaults".split(" "),
    ..."-display none -no-reboot".split(" "),
    ...["-m", String(memoryMb), "-serial", `file:${folder}/console`],
    ...["-kernel", `${guestDir}/vmlinuz`, "-initrd", `${guestDir}/initrd`],
    ...["-append", "console=ttyS0 panic=-1 mitigations=off"],
    ...["-chardev", `socket,id=qmp,path=${folder}/qmp.sock`, "-mon", "chardev=qmp,mode=control"],
    ...["-device", "virtio-serial-pci", "-chardev", `socket,id=exec,path=${folder}/exec.sock`],
    ...["-device", "virtserialport,chardev=exec,name=exec"],
    ...shared("root", `${guestDir}/root`, ",readonly=on,multidevs=remap"),
    ...shared("src", share, ",readonly=on,multidevs=remap"),
    ...shared("out", `${folder}/out`, ""),
    ...["-netdev", "user,id=net,hostfwd=tcp:127.0.0.1:0-:8080"],
    ...["-device", "virtio-net-pci,netdev=net"],
    ...controllers.flatMap((device) => ["-device", device]),
    ...disks.flatMap((disk) => [...blockOf(disk, folder), "-device", deviceOf(disk)]),
  ]));
  const ended = qemu.child.status.then(({ code }) => {
    throw new Error(`QEMU has ended with ${code}: ${qemu.said()}`);
  });
  ended.catch(() => {});
  const [toQmp, toGuest] = await within(
    "QEMU to start",
    Promise.race([Promise.all([qmpDoor!.accept(), execDoor!.accept()]), ended]),
    30_000,
  );
  const [qmp, guest] = [speakQmp(toQmp!), speakToGuest(toGuest!)];
  const readConsole = () => Deno.readTextFile(`${folder}/console`).catch(() => "");
  const up = guest.sh("true", BOOT_MS);
  await Promise.race([up, ended, untilSilent(readConsole, up)]).catch(async (error) => {
    const said = (await readConsole()).slice(-1500);
    throw new Error(`The guest does not come up: ${error}\n${said}`, { cause: error });
  });
  const usernet = await qmp.execute<string>("human-monitor-command", {
    "command-line": "info usernet",
  });
  const [, port] = /HOST_FORWARD\]\s+\d+\s+\S+\s+(\d+)/.exec(usernet)!;

  const all = held.move();
  const find = (id: string) => disks.find((disk) => disk.id === id)!;
  return {
    ...guest,
    qmp,
    port: Number(port),
    unplug: async (id) => {
      await Promise.all([
        qmp.event("DEVICE_DELETED", id),
        qmp.execute("device_del", { id }),
      ]);
    },
    plug: (id) => qmp.monitor(`device_add ${deviceOf(find(id))}`),
    hang: (id) => servers.get(id)!.kill("SIGSTOP"),
    revive: (id) => servers.get(id)!.kill("SIGCONT"),
    console: readConsole,
    // The disks are thrown away with the machine: no reason to shut it down in order.
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Rejects when a console has said nothing new for too long; `done` ends the watch. */
async function untilSilent(read: () => Promise<string>, done: Promise<unknown>): Promise<void> {
  let isDone = false;
  const end = () => isDone = true;
  done.then(end, end);
  let [length, changedAt] = [0, performance.now()];
  while (!isDone) {
    const now = (await read()).length;
    if (now !== length) [length, changedAt] = [now, performance.now()];
    if (performance.now() - changedAt > SILENT_MS) throw new Error("Its kernel has stopped");
    await sleep(500);
  }
}

function shared(tag: string, path: string, more: string): string[] {
  return [
    "-fsdev",
    `local,id=${tag},path=${path},security_model=none${more}`,
    "-device",
    `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`,
  ];
}

interface Child extends AsyncDisposable {
  child: Deno.ChildProcess;
  said(): string;
}

/** A program that the kernel kills when this process goes, however it goes. */
function spawn(program: string, args: string[]): Child {
  const child = new Deno.Command("setpriv", {
    args: ["--pdeathsig", "KILL", program, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  const reading = (async () => {
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      said = (said + part).slice(-4000);
    }
  })();
  return {
    child,
    said: () => said,
    [Symbol.asyncDispose]: async () => {
      try {
        child.kill("SIGKILL"); // which a stopped one feels, too
      } catch {
        // it has ended already
      }
      await Promise.all([child.status, reading]);
    },
  };
}

/** A process that serves an image on a socket. */
async function serveImage(image: string, socket: string): Promise<Child> {
  const server = spawn("qemu-nbd", ["-f", "raw", "-t", "-k", socket, image]);
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await Deno.stat(socket).then(() => true, () => false)) return server;
    await sleep(10);
  }
  await server[Symbol.asyncDispose]();
  throw new Error(`qemu-nbd does not listen: ${server.said()}`);
}
