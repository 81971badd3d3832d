/**
 * Argv in, exit code out.
 *
 * @module
 */
import { VERSION } from "./src/base/version.ts";

// Answered before anything else is loaded: scripts ask it often.
if (Deno.args.length === 1 && ["version", "--version", "-V"].includes(Deno.args[0]!)) {
  await Deno.stdout.write(new TextEncoder().encode(`giggityflix ${VERSION}\n`));
} else {
  const { runCli } = await import("./src/app/cli.ts");
  Deno.exit(await runCli(Deno.args, Deno.exit));
}
