/**
 * Argv in, exit code out.
 *
 * @module
 */
import { isCompiled } from "./src/base/platform.ts";
import { VERSION } from "./src/base/version.ts";

// Answered before anything else is loaded: scripts ask it often.
if (Deno.args.length === 1 && ["version", "--version", "-V"].includes(Deno.args[0]!)) {
  await Deno.stdout.write(new TextEncoder().encode(`giggityflix ${VERSION}\n`));
} else {
  // By way of a variable, or Deno would look up the whole program before it runs a line of this.
  // The executable holds it as `deno task compile` has bundled it.
  const program = isCompiled() ? "./dist/program/cli.js" : "./src/app/cli.ts";
  const { runCli }: typeof import("./src/app/cli.ts") = await import(program);
  Deno.exit(await runCli(Deno.args, Deno.exit));
}
