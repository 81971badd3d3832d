import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { wav } from "../helpers/clips.ts";
import { openRig } from "./rig.ts";

const signal = new AbortController().signal;

async function openOffered() {
  const rig = await openRig();
  await rig.file("a.wav", wav(1));
  await rig.scan();
  rig.library.assign([{ relativePath: "a.wav", catalogId: "c-1" }]);
  return rig;
}

const sha1 = createHash("sha1").update(wav(1)).digest("hex");
const md5 = createHash("md5").update(wav(1)).digest("hex");

Deno.test("hashes() answers with known hashes, and computes the others once", async () => {
  await using rig = await openOffered();

  const both = await rig.library.hashes("c-1", ["sha1", "md5"], signal);
  rig.db.run("UPDATE hashes SET digest = 'kept'");
  const again = await rig.library.hashes("c-1", ["sha1"], signal);

  deepStrictEqual(both, { sha1, md5 });
  deepStrictEqual(again, { sha1: "kept" });
});

Deno.test("hashes() leaves out names that are none, and says why there are no hashes of a file", async () => {
  await using rig = await openOffered();
  const reason = (id: string, names: string[]) =>
    rig.library.hashes(id, names, signal).then(
      () => "none",
      ({ name, details }) => `${name} ${details.reason ?? ""}`.trim(),
    );

  strictEqual(await reason("no such", ["md5"]), "NotFoundError BAD_CATALOG_ID");
  deepStrictEqual(await rig.library.hashes("c-1", ["whirlpool"], signal), {});
  await rig.file("a.wav", wav(2));
  strictEqual(await reason("c-1", ["sha512"]), "NotFoundError FILE_GONE");
  await Deno.remove(`${rig.root}/a.wav`);
  strictEqual(await reason("c-1", ["sha512"]), "NotFoundError FILE_GONE");
  await rig.scan();
  await rig.library.confirmGone(rig.root);
  strictEqual(await reason("c-1", ["md5"]), "NotFoundError FILE_GONE");
  rig.library.forget("c-1");
  strictEqual(await reason("c-1", ["md5"]), "NotFoundError BAD_CATALOG_ID");
});

Deno.test("open() reads the file of an entry, and a forgotten one stays forgotten after a scan", async () => {
  await using rig = await openOffered();

  using file = await rig.library.open(rig.library.findOffered("c-1"));
  deepStrictEqual(await file.read(0, 4), new TextEncoder().encode("RIFF"));
  rig.library.forget("c-1");
  await rig.scan();

  strictEqual(rig.find("a.wav").status, "forgotten");
});

Deno.test("hashes() ends when its signal aborts", async () => {
  await using rig = await openOffered();
  const stop = AbortSignal.abort(new Error("enough"));

  await rejects(rig.library.hashes("c-1", ["sha256"], stop), { message: "enough" });
});
