/** What the page may load, and from where. @module */
import { match, ok, strictEqual } from "node:assert/strict";
import { startAgent } from "../helpers/agent.ts";
import { tempDir } from "../helpers/temp.ts";
import { edgePort, openRig } from "./rig.ts";

const picturesOf = (page: Response) =>
  / img-src ([^;]+);/.exec(page.headers.get("content-security-policy") ?? "")?.[1];

Deno.test("pictures come from here, and from where the edge sends viewers for them", async () => {
  using here = openRig();
  using away = openRig({ ports: { edge: { ...edgePort(), picturesAt: "https://s3.example:9" } } });

  const strict = await here.get("/");
  const wider = await away.get("/");
  const login = await away.get("/login");

  strictEqual((await here.get("/favicon.ico")).status, 204);
  strictEqual(picturesOf(strict), "'self' data: blob:");
  strictEqual(picturesOf(wider), "'self' data: blob: https://s3.example:9");
  strictEqual(picturesOf(login), "'self' data: blob:");
  for (const page of [strict, wider]) {
    match(page.headers.get("content-security-policy")!, /^default-src 'self'; /);
    ok((await page.text()).includes("<script"));
  }
});

Deno.test("an edge whose screenshots are in S3 lets its page show them", async () => {
  await using dir = await tempDir();
  await using agent = await startAgent({
    dataDir: dir.path,
    role: "edge",
    env: {
      SCREENSHOT_S3_ENDPOINT: "http://someone:secret@127.0.0.1:9/path/",
      SCREENSHOT_S3_BUCKET: "pictures",
      SCREENSHOT_S3_ACCESS_KEY: "a",
      SCREENSHOT_S3_SECRET_ACCESS_KEY: "b",
    },
  });

  const page = await fetch(agent.url);
  await page.body?.cancel();

  strictEqual(picturesOf(page), "'self' data: blob: http://127.0.0.1:9");
});
