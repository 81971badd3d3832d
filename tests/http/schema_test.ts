import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { openRig } from "./rig.ts";

interface Operation {
  summary?: string;
  operationId?: string;
  responses: Record<string, { description?: string }>;
  parameters?: { name: string; in: string; required?: boolean }[];
}

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

async function readSchema(): Promise<{ schema: OpenApi; text: string }> {
  using rig = openRig();
  const text = await (await rig.get("/api/schema/")).text();
  return { schema: JSON.parse(text), text };
}

Deno.test("the OpenAPI text has every path of the API", async () => {
  const { schema } = await readSchema();
  const calls = Object.entries(schema.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\/$/, "")}`)
  );

  strictEqual(schema.openapi.startsWith("3.1"), true);
  for (
    const call of [
      "GET /api/health",
      "GET /api/drives",
      "GET /api/drives/{id}",
      "POST /api/drives/refresh",
      "GET /api/drives/graph",
      "GET /api/drives/stats",
      "GET /api/drives/why",
      "GET /api/partitions",
      "GET /api/volumes",
      "GET /api/volumes/{id}",
      "GET /api/partitions/{id}",
      "GET /api/configurations",
      "GET /api/configurations/{key}",
      "PATCH /api/configurations/{key}/value",
      "GET /api/media",
      "GET /api/media/{id}",
      "POST /api/media/scan",
      "GET /api/jobs",
      "GET /api/jobs/{id}",
      "POST /api/jobs/{id}/pause",
      "GET /api/media/{id}/file",
      "GET /api/peers",
      "GET /api/catalog",
      "GET /api/events",
      "POST /api/streams",
      "DELETE /api/streams/{id}",
    ]
  ) ok(calls.includes(call), call);
});

Deno.test("the OpenAPI text is whole: no loose end, nothing without words", async () => {
  const { schema, text } = await readSchema();

  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
    ok(name! in schema.components.schemas, `$ref to ${name}`);
  }
  strictEqual(/"\$ref":"(?!#\/components\/)/.test(text), false);
  ok(!text.includes('"nullable"'), "that was OpenAPI 3.0");
  const ids: string[] = [];
  for (const [path, methods] of Object.entries(schema.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const call = `${method} ${path}`;
      ok(operation.summary, `${call} has a summary`);
      ok(Object.values(operation.responses).every((it) => it.description), call);
      if (operation.operationId) ids.push(operation.operationId);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((it) => it.in === "path");
      deepStrictEqual(declared.map(({ name }) => name), named, call);
      ok(declared.every(({ required }) => required), call);
    }
  }
  strictEqual(new Set(ids).size, ids.length);
});

Deno.test("Swagger UI asks nobody but us", async () => {
  using rig = openRig();

  const response = await rig.get("/api/schema/swagger-ui/");
  const page = await response.text();
  const start = await (await rig.get("/swagger-start.js")).text();

  ok(response.headers.get("content-type")?.startsWith("text/html"));
  ok(response.headers.get("content-security-policy")?.includes("default-src 'self'"));
  ok(!/https?:|\/\//.test(page), page);
  ok(!/https?:|\/\//.test(start));
  ok(/validatorUrl: *null/.test(start), "it would show the API's text to a service on the network");
  for (const [, path] of page.matchAll(/(?:src|href|data-url)="([^"]+)"/g)) {
    const found = await rig.get(path!);
    ok([200, 503].includes(found.status), `${path}: ${found.status}`); // 503: it is not built
    await found.body?.cancel();
  }
});
