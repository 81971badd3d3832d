/**
 * The table of access in the words of OpenAPI: by what a caller proves who it is, and which call
 * needs which scope of it.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { accessOf } from "./access.ts";

type Document = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

const near = "People on the machine of the program need none, unless a proxy stands before it.";

const schemesOf = (cookies: Record<"session" | "key", string>) =>
  ({
    bearer: {
      type: "http",
      scheme: "bearer",
      description: "The access token of a session, an API token, or the data folder's access " +
        `token. ${near}`,
    },
    session: {
      type: "apiKey",
      in: "cookie",
      name: cookies.session,
      description: "A page's session; its name ends in the port.",
    },
    key: {
      type: "apiKey",
      in: "cookie",
      name: cookies.key,
      description: "The data folder's access token, kept by a page that was opened with ?token=.",
    },
    token: {
      type: "apiKey",
      in: "query",
      name: "token",
      description: "An API token, or the data folder's access token.",
    },
  }) as const;

/** With the schemes, and at each call those that open it with the scope that it takes. */
export function withSecurity(
  document: Document,
  cookies: Record<"session" | "key", string>,
): Document {
  const securitySchemes = schemesOf(cookies);
  const secured = (path: string) => ([method, call]: [string, unknown]) => {
    const access = accessOf(method.toUpperCase(), path.replace(/(.)\/$/, "$1"));
    const security = access === "open"
      ? []
      : Object.keys(securitySchemes).map((name) => ({ [name]: [access.scope] }));
    return [method, { ...call as object, security }];
  };
  const paths = Object.entries(document.paths ?? {}).map(([path, calls]) => [
    path,
    Object.fromEntries(Object.entries({ ...calls }).map(secured(path))),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: { ...document.components, securitySchemes },
  };
}
