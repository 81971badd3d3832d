/** Every call of REST has a line that says who may. @module */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Access, accessOf, accessTable, lineOf } from "../../../src/http/admission/access.ts";
import { roles, scopeNames, scopesOf } from "../../../src/people/mod.ts";
import { openPeopleRig } from "./rig.ts";

/** Every call of the OpenAPI text, with names in place of its parameters. */
async function calls(): Promise<{ method: string; path: string; template: string }[]> {
  using rig = openPeopleRig();
  const { paths } = await (await rig.get("/api/schema/")).json();
  return Object.entries<object>(paths).flatMap(([template, methods]) => {
    const path = template.replaceAll(/\{\w+\}/g, "x1").replace(/(.)\/$/, "$1");
    return Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path, template }));
  });
}

Deno.test("every call of the OpenAPI text has its line in the table of access", async () => {
  const all = await calls();
  const without = all.filter(({ method, path }) => !lineOf(method, path));

  ok(all.length > 150, String(all.length));
  deepStrictEqual(without.map(({ method, template }) => `${method} ${template}`), []);
});

Deno.test("a call that stands nowhere needs all there is", () => {
  const most = { role: "owner", scope: "admin" };
  for (const path of ["/api/new-thing", "/nothing", "/api", "/api/usersx", "/api/catalogue"]) {
    deepStrictEqual(accessOf("GET", path), most, path);
  }
  deepStrictEqual(accessOf("DELETE", "/api/health"), most);
  deepStrictEqual(accessOf("TRACE", "/"), most);
  deepStrictEqual(accessOf("HEAD", "/api/health"), accessOf("GET", "/api/health"));
});

Deno.test("what is open to everybody are a page and the ways to sign in, and nothing else", () => {
  const open = accessTable.filter(([access]) => access === "open").flatMap(([, lines]) => lines);

  deepStrictEqual(open.filter((it) => it.includes("**") || it.startsWith("*")), []);
  deepStrictEqual(
    open.filter((it) =>
      !/(login|setup|invitation|people\.|favicon|sessions|authentication|screenshot)/.test(it)
    ),
    [],
  );
  strictEqual(accessOf("POST", "/api/setup/links") === "open", false);
});

Deno.test("each role and each scope opens what the table says, for every call", async () => {
  using rig = openPeopleRig();
  const who = new Map<string, string>();
  for (const role of roles) who.set(role, (await rig.join(role, role)).bearer);
  for (const scope of scopeNames) {
    const body = { name: scope, scopes: [scope] };
    const made = await rig.ask("POST /api/tokens", { bearer: who.get("owner")!, body });
    who.set(`token ${scope}`, (await made.json()).token);
  }
  const faults: string[] = [];
  let looked = 0;
  for (const { method, path, template } of await calls()) {
    // These do what they say, or wait for ever.
    if (/sessions|events|screenshot|tokens|\/api\/import/.test(path)) continue;
    const access = accessOf(method, path);
    for (const [name, bearer] of who) {
      looked++;
      const status = await rig.status(`${method} ${path}`, { bearer });
      const isAllowed = mayBy(name, access);
      if (isAllowed === (status === 403) && !excused(path, status)) {
        faults.push(`${name}: ${method} ${template} is ${status}`);
      }
      if (status === 401) faults.push(`${name}: ${method} ${template} is 401`);
    }
    const stranger = await rig.status(`${method} ${path}`);
    if (access !== "open" && stranger !== 401) faults.push(`nobody: ${method} ${template}`);
    if (access === "open" && stranger === 403) faults.push(`nobody: ${method} ${template}`);
  }

  ok(looked > 1000, String(looked));
  deepStrictEqual(faults, []);
});

/** What the table means, said once more in another way. */
function mayBy(name: string, access: Access): boolean {
  if (access === "open") return true;
  const [, scope] = name.split(" ");
  // An owner's token for one scope: for accounts it takes "admin" besides, and these have just one.
  if (scope) return scope === access.scope && !access.account;
  const role = name as typeof roles[number];
  return roles.indexOf(role) >= roles.indexOf(access.role) &&
    scopesOf[role].includes(access.scope);
}

/** Refused by the call itself: of one's own only, or not by a token. */
const excused = (path: string, status: number) =>
  status === 403 && /^\/api\/(users\/x1|passkeys)/.test(path);
