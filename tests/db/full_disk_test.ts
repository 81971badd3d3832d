import { ok, strictEqual } from "node:assert/strict";
import { UnavailableError } from "../../src/base/errors.ts";
import { migrations, openDatabase } from "../../src/db/mod.ts";
import { canMountSmall, mountSmall } from "../helpers/mounts.ts";
import { noise, type TempDir, tempDir } from "../helpers/temp.ts";

const ignore = !await canMountSmall();

Deno.test(
  { name: "a full disk is said to be full, and all is well once there is room", ignore },
  async () => {
    await using dir = await tempDir();
    await using _mounted = await mountSmall(dir.path, "2m");
    const steps = ["CREATE TABLE films (title TEXT, plot BLOB)"];
    using db = openDatabase(`${dir.path}/library.db`, steps);
    const add = () => db.run("INSERT INTO films VALUES (?, ?)", "Metropolis", noise(50_000));
    add();
    const ballast = await fill(dir);

    const failures = [
      thrownBy(() => {
        for (let count = 0; count < 100; count++) add();
      }),
      thrownBy(() =>
        db.transaction(() => {
          for (let count = 0; count < 100; count++) add();
        })
      ),
    ];
    const kept = db.all("SELECT 1 FROM films").length;
    await Deno.remove(ballast);

    for (const error of failures) {
      ok(error instanceof UnavailableError, String(error));
      ok(error.message.includes("the disk is full"), error.message);
    }
    strictEqual(db.transaction(add), 1);
    strictEqual(db.all("SELECT 1 FROM films").length, kept + 1);
    strictEqual(db.get("PRAGMA integrity_check")?.integrity_check, "ok");
  },
);

Deno.test({ name: "a database cannot begin on a full disk, and says so", ignore }, async () => {
  await using dir = await tempDir();
  await using _mounted = await mountSmall(dir.path, "2m");
  const ballast = await fill(dir);

  for (const [name, steps] of Object.entries(migrations)) {
    const error = thrownBy(() => openDatabase(`${dir.path}/${name}.db`, steps));
    ok(error instanceof UnavailableError, String(error));
    ok(error.message.includes("the disk is full"), error.message);
  }

  await Deno.remove(ballast);
  openDatabase(`${dir.path}/library.db`, migrations.library)[Symbol.dispose]();
});

async function fill(dir: TempDir): Promise<string> {
  const path = `${dir.path}/ballast`;
  using file = await Deno.open(path, { create: true, write: true });
  try {
    while (true) await file.write(new Uint8Array(4096));
  } catch (error) {
    ok(/ENOSPC|No space/.test(String(error)), String(error));
    return path;
  }
}

function thrownBy(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}
