import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Asking, openPeopleRig, PASSWORD, TOKEN } from "./people/rig.ts";
import { openRig } from "./rig.ts";

interface Schema {
  $ref?: string;
  type?: string;
  example?: unknown;
  properties?: Record<string, Schema>;
}

type Content = Record<string, { schema?: Schema; example?: unknown }>;

interface Operation {
  summary?: string;
  operationId?: string;
  responses: Record<string, { description?: string; content?: Content }>;
  requestBody?: { content: Content };
  parameters?: { name: string; in: string; required?: boolean }[];
  security?: Record<string, string[]>[];
}

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    securitySchemes: Record<string, Record<string, string>>;
  };
}

async function readSchema(): Promise<{ schema: OpenApi; text: string }> {
  using rig = openRig();
  const text = await (await rig.get("/api/schema/")).text();
  return { schema: JSON.parse(text), text };
}

Deno.test("the OpenAPI text says of every call that it may be refused", async () => {
  const { schema } = await readSchema();
  const silent = Object.entries(schema.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.keys(responses).some((status) => /^(default|4)/.test(status))
        ? []
        : `${method} ${path}`
    )
  );

  deepStrictEqual(silent, []);
});

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

/** Lists that are given whole: they are short by their nature. */
const WHOLE = [
  "/api/media/scan/confirmations",
  "/api/media/{id}/screenshots",
  "/api/items/{id}/tags",
  "/api/items/{id}/people",
];

Deno.test("every answer in JSON has an example that its schema allows", async () => {
  const { schema } = await readSchema();
  const wrong: string[] = [];
  let count = 0;

  for (const [path, methods] of Object.entries(schema.paths)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      for (const [status, { content }] of Object.entries(responses)) {
        const json = content?.["application/json"];
        if (!json) continue;
        count++;
        if (!isAllowed(json.example, json.schema!, schema)) {
          wrong.push(`${method} ${path} ${status}`);
        }
      }
    }
  }

  ok(count > 150, `${count} answers`);
  deepStrictEqual(wrong, []);
});

/** As far as types and required fields go. */
function isAllowed(value: unknown, given: Schema, document: OpenApi): boolean {
  const all = given as Schema & {
    type?: string | string[];
    anyOf?: Schema[];
    oneOf?: Schema[];
    allOf?: Schema[];
    enum?: unknown[];
    items?: Schema;
    required?: string[];
  };
  if (all.$ref) {
    return isAllowed(value, document.components.schemas[all.$ref.split("/").at(-1)!]!, document);
  }
  if (all.enum) return all.enum.includes(value);
  if (all.allOf) return all.allOf.every((it) => isAllowed(value, it, document));
  const either = all.anyOf ?? all.oneOf;
  if (either) return either.some((it) => isAllowed(value, it, document));
  const types = [all.type ?? []].flat() as string[];
  if (types.length === 0) return value !== undefined;
  if (value === null) return types.includes("null");
  if (Array.isArray(value)) {
    return types.includes("array") && value.every((it) => isAllowed(it, all.items ?? {}, document));
  }
  if (typeof value === "object") {
    const fields = value as Record<string, unknown>;
    return types.includes("object") && (all.required ?? []).every((key) => key in fields) &&
      Object.entries(all.properties ?? {}).every(([key, it]) =>
        !(key in fields) || isAllowed(fields[key], it, document)
      );
  }
  return types.includes(typeof value) || Number.isInteger(value) && types.includes("integer");
}

Deno.test("every body that is sent in JSON has an example", async () => {
  const { schema } = await readSchema();
  const without: string[] = [];
  let bodies = 0;
  for (const [path, methods] of Object.entries(schema.paths)) {
    for (const [method, { requestBody }] of Object.entries(methods)) {
      const body = requestBody?.content["application/json"]?.schema;
      if (!body) continue;
      bodies++;
      if (resolved(body, schema).example === undefined) without.push(`${method} ${path}`);
    }
  }

  ok(bodies > 40, String(bodies));
  deepStrictEqual(without, []);
});

Deno.test("every list comes in pages, and its things with the fields asked for", async () => {
  const { schema } = await readSchema();
  const lacking: string[] = [];
  let lists = 0;
  for (const [path, { get }] of Object.entries(schema.paths)) {
    const answer = get?.responses["200"]?.content?.["application/json"]?.schema;
    const { properties = {} } = answer ? resolved(answer, schema) : {};
    if (properties.items?.type !== "array") continue;
    lists++;
    const names = get!.parameters?.filter((it) => it.in === "query").map(({ name }) => name) ?? [];
    const wanted = WHOLE.includes(path) ? [] : ["fields", "limit", "cursor"];
    for (const name of wanted) if (!names.includes(name)) lacking.push(`${path} ${name}`);
    if (!("next_cursor" in properties) && !WHOLE.includes(path)) {
      lacking.push(`${path} next_cursor`);
    }
  }

  ok(lists > 20, String(lists));
  deepStrictEqual(lacking, []);
});

Deno.test("what is edited with If-Match is read with the fields asked for", async () => {
  const { schema } = await readSchema();
  const lacking: string[] = [];
  for (const [path, methods] of Object.entries(schema.paths)) {
    const edits = Object.entries(methods).filter(([, { parameters = [] }]) =>
      parameters.some((it) => it.in === "header" && it.name === "if-match")
    );
    if (edits.length === 0 || !methods.get || path.endsWith("/file")) continue;
    const names = methods.get.parameters?.map(({ name }) => name) ?? [];
    if (!names.includes("fields")) lacking.push(path);
  }

  deepStrictEqual(lacking, []);
});

function resolved(it: Schema, { components }: OpenApi): Schema {
  const name = it.$ref?.replace("#/components/schemas/", "");
  return name === undefined ? it : components.schemas[name]!;
}

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

Deno.test("the OpenAPI text says by what each call is opened, and it is true", async () => {
  using rig = openPeopleRig();
  const local = { from: "127.0.0.1" };
  const schema: OpenApi = await (await rig.ask("GET /api/schema", local)).json();
  const { securitySchemes } = schema.components;
  const calls = Object.entries(schema.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({ path, method, security }))
  );

  const open = calls.filter(({ security }) => security?.length === 0);
  deepStrictEqual(open.map(({ method, path }) => `${method} ${path}`).sort(), [
    "get /api/setup",
    "post /api/invitations/accept",
    "post /api/passkeys/authentication",
    "post /api/passkeys/authentication/{id}",
    "post /api/screenshot/{catalog_id}",
    "post /api/sessions",
    "post /api/sessions/refresh",
    "post /api/sessions/sign-out",
    "post /api/setup",
  ]);
  ok(calls.every(({ security }) => security));
  const all = new Set(calls.flatMap(({ security }) => security!.flatMap((it) => Object.keys(it))));
  deepStrictEqual([...all].sort(), Object.keys(securitySchemes).sort());
  deepStrictEqual(schema.paths["/api/peers/{id}"]?.patch?.security?.[0], { bearer: ["admin"] });

  // Each of them shown as it says.
  const ann = await rig.join("Ann", "owner");
  const page = await rig.ask("POST /api/sessions", {
    body: { name: "Ann", password: PASSWORD, use: "cookie" },
  });
  const session = /^[^;]*=([^;]+)/.exec(page.headers.getSetCookie()[0]!)![1];
  const proofs: Record<string, [call: string, asking: Asking]> = {
    bearer: ["GET /api/users", { bearer: ann.bearer }],
    session: ["GET /api/users", { cookie: `${securitySchemes.session!.name}=${session}` }],
    key: ["GET /api/users", { cookie: `${securitySchemes.key!.name}=${TOKEN}` }],
    token: [`GET /api/users?${securitySchemes.token!.name}=${TOKEN}`, {}],
  };
  strictEqual(await rig.status("GET /api/users"), 401);
  for (const name of Object.keys(securitySchemes)) {
    strictEqual(await rig.status(...proofs[name]!), 200, name);
  }
});
