/**
 * The page and Swagger UI: files that `deno task page` makes and that travel inside the program.
 *
 * @module
 */
import { Hono } from "hono";
import { UnavailableError } from "../base/errors.ts";

interface Asset {
  type: string;
  load(): Promise<{ default: string }>;
}

/** Path → file. The imports are spelled out so that `deno compile` takes them in. */
const assets: Record<string, Asset> = {
  "/": {
    type: "text/html; charset=utf-8",
    load: () => import("../../dist/page/index.html", { with: { type: "text" } }),
  },
  "/app.js": {
    type: "text/javascript; charset=utf-8",
    load: () => import("../../dist/page/app.js", { with: { type: "text" } }),
  },
  "/app.css": {
    type: "text/css; charset=utf-8",
    load: () => import("../../dist/page/app.css", { with: { type: "text" } }),
  },
  "/swagger-ui-bundle.js": {
    type: "text/javascript; charset=utf-8",
    load: () => import("../../dist/page/swagger-ui-bundle.js", { with: { type: "text" } }),
  },
  "/swagger-ui.css": {
    type: "text/css; charset=utf-8",
    load: () => import("../../dist/page/swagger-ui.css", { with: { type: "text" } }),
  },
};

/** What a page of ours may do; `pictures` is another place that its pictures may come from. */
const securedFor = (pictures = "") => ({
  "content-security-policy": "default-src 'self'; media-src 'self' blob:; " +
    `img-src ${["'self' data: blob:", pictures].join(" ").trim()}; ` +
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
});

export const securityHeaders = securedFor();

/**
 * The page's routes.
 *
 * @param picturesAt an origin that calls for pictures are redirected to: a browser blocks that, too,
 *   where the page does not name it
 */
export function ui(picturesAt?: string): Hono {
  const routes = new Hono();
  const headers = securedFor(picturesAt);
  for (const [path, { type, load }] of Object.entries(assets)) {
    routes.get(path, async (c) => {
      const { default: text } = await load().catch((cause) => {
        const message = "Cannot show the page: it is not built. Run `deno task page`, then reload";
        throw new UnavailableError(message, {}, { cause });
      });
      return c.body(text, 200, { "content-type": type, ...headers });
    });
  }
  // Browsers ask for it where a page names none, as those of other programs here do not.
  routes.get("/favicon.ico", (c) => c.body(null, 204, { "cache-control": "max-age=86400" }));
  return routes;
}

/** Swagger UI over the OpenAPI text at `schemaUrl`. */
export function swaggerPage(schemaUrl: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>giggityflix REST</title>
<link rel="stylesheet" href="/swagger-ui.css">
</head>
<body>
<div id="swagger-ui" data-url="${schemaUrl}"></div>
<script src="/swagger-ui-bundle.js"></script>
<script src="/swagger-start.js"></script>
</body>
</html>`;
}

/** Without a validator: that would be a service on the network, shown what our API is. */
export const SWAGGER_START = `SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: document.getElementById("swagger-ui").dataset.url,
  validatorUrl: null,
});`;
