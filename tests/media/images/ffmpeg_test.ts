/** What ffmpeg can do here, and whose fault a failure is. @module */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { CommandError, type Run } from "../../../src/base/command.ts";
import { UnavailableError } from "../../../src/base/errors.ts";
import { openFfmpeg } from "../../../src/media/images/ffmpeg.ts";

const signal = new AbortController().signal;

/** As ffmpeg 4.4 and 7.1 print it, in extracts. */
function machine(version: string, names: string): Run {
  return (_program, args) =>
    Promise.resolve(args.includes("-version") ? `ffmpeg version ${version} Copyright` : names);
}

const debian = ` V....D libwebp              libwebp WebP image (codec webp)
 VFS... mjpeg                MJPEG (Motion JPEG)
 V....D libaom-av1           libaom AV1 (codec av1)
  E image2          image2 sequence
  E avif            AVIF
 .SC zscale            V->V       Apply resizing
 .S. tonemap           V->V       Conversion to/from different dynamic ranges.
 TS. estdif            V->V       Apply Edge Slope Tracing deinterlace.
`;

Deno.test("openFfmpeg() learns from its lists what it can make", async () => {
  const all = await openFfmpeg(machine("n7.1-static", debian)).abilities();
  const old = await openFfmpeg(
    machine(
      "4.4.2-0ubuntu0.22.04.1",
      debian.split("\n").filter((it) => /image2|mjpeg/.test(it)).join("\n"),
    ),
  ).abilities();

  deepStrictEqual(all.encodings.map(({ name }) => name), ["webp", "avif", "jpeg"]);
  deepStrictEqual([all.sheet.name, all.canMapTones, all.canDeinterlace], ["webp", true, true]);
  deepStrictEqual(all.ownTimes, ["-fps_mode", "passthrough"]);
  deepStrictEqual([old.sheet.name, old.canMapTones, old.canDeinterlace], ["jpeg", false, false]);
  deepStrictEqual(old.ownTimes, ["-vsync", "passthrough"]);
});

Deno.test("openFfmpeg() tells the film's faults from the machine's", async () => {
  const failing = (details: Record<string, unknown>): Run => (program, args, options) => {
    if (args.some((it) => it.startsWith("-") && /version|encoders|muxers|filters/.test(it))) {
      return machine("7.1", debian)(program, args, options);
    }
    options?.onEnd?.();
    return Promise.reject(new CommandError("it failed", details));
  };
  const fails = (details: Record<string, unknown>, inBackground = false) =>
    openFfmpeg(failing(details)).run(["-i", "x"], { signal, inBackground });

  for (
    const details of [
      { missing: true },
      { code: 137, stderr: "" },
      { code: 1, stderr: "av_interleaved_write_frame(): No space left on device" },
      { code: 1, stderr: "film.mkv: Input/output error" },
    ]
  ) {
    await rejects(
      fails(details),
      (error) => error instanceof UnavailableError && !(error instanceof CommandError),
    );
  }
  await rejects(fails({ code: 127, stderr: "nice: 'ffmpeg': No such file" }, true), {
    message: /Install it/,
  });
  await rejects(fails({ code: 1, stderr: "Invalid data found" }), CommandError);
});

Deno.test("openFfmpeg() runs few programs at once, and people's beside the background's", async () => {
  let running = 0;
  let most = 0;
  const release = Promise.withResolvers<void>();
  const slow: Run = async (program, args, options) => {
    if (args.some((it) => /version|encoders|muxers|filters/.test(it))) {
      return await machine("7.1", debian)(program, args, options);
    }
    most = Math.max(most, ++running);
    await release.promise;
    running--;
    return "";
  };
  const ffmpeg = openFfmpeg(slow);
  const all = Array.from(
    { length: 40 },
    (_, at) => ffmpeg.run(["-i", "x"], { signal, inBackground: at % 2 === 0 }),
  );
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setTimeout(resolve));
  strictEqual(running, 5, "two in the background, three for people");

  release.resolve();
  await Promise.all(all);

  strictEqual(most, 5);
});
