/**
 * Bundles the page into dist/page, where the program takes it from as text.
 * Does nothing when what is there is newer than what it is made from; says nothing unless it fails.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import swaggerUiFolder from "swagger-ui-dist/absolute-path.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const web = join(root, "src/web");
const page = join(root, "dist/page");
const swaggerUi: string = swaggerUiFolder();

/** What is only copied. */
const copies: Record<string, string> = {
  "index.html": join(web, "index.html"),
  "app.css": join(web, "app.css"),
  "swagger-ui-bundle.js": join(swaggerUi, "swagger-ui-bundle.js"),
  "swagger-ui.css": join(swaggerUi, "swagger-ui.css"),
};

if (!await isFresh()) await build();

async function isFresh(): Promise<boolean> {
  const outputs = ["app.js", ...Object.keys(copies)].map((name) => changed(join(page, name)));
  const oldest = Math.min(...await Promise.all(outputs));
  const inputs = [
    changed(fileURLToPath(import.meta.url)),
    changed(join(root, "deno.json")),
    newest(web),
    newest(join(root, "src/stream")),
  ];
  return oldest > Math.max(...await Promise.all(inputs));
}

/** When a file was last changed; 0 for one that is not there. */
async function changed(path: string): Promise<number> {
  const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
  return mtime?.getTime() ?? 0;
}

async function newest(folder: string): Promise<number> {
  const times: Promise<number>[] = [changed(folder)];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    times.push(isDirectory ? newest(path) : changed(path));
  }
  return Math.max(...await Promise.all(times));
}

async function build(): Promise<void> {
  await Deno.mkdir(page, { recursive: true });
  const entry = join(web, "main.tsx");
  const args = ["bundle", "--quiet", "--platform", "browser", "--minify"];
  const bundle = new Deno.Command(Deno.execPath(), {
    args: [...args, "--output", join(page, "app.js"), entry],
    cwd: root,
    stdin: "null",
  });
  const { success, stdout, stderr } = await bundle.output();
  if (!success) {
    await Deno.stderr.write(stdout);
    await Deno.stderr.write(stderr);
    throw new Error("Cannot build the page: the bundler failed, see its words above");
  }
  for (const [name, from] of Object.entries(copies)) {
    // Written, not copied: a copy would keep the time of the package's file.
    await Deno.writeFile(join(page, name), await Deno.readFile(from));
  }
}
