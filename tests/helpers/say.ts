/** Figures that a test measured, for whoever reads its output. @module */

export function say(line: string): void {
  // deno-lint-ignore no-console -- the one place
  console.log(line);
}
