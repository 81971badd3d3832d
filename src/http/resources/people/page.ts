/**
 * /login, /setup, /invitation: the small page on which one signs in or makes an account. What stands
 * behind # in a link is read by its script alone; no server and no log sees it.
 *
 * @module
 */
import { Hono } from "hono";
import { securityHeaders } from "../../ui.ts";

const titles = {
  "/login": "Sign in",
  "/setup": "Make the owner's account",
  "/invitation": "You are invited",
};

export function peoplePages(): Hono {
  const pages = new Hono();
  for (const [path, title] of Object.entries(titles)) {
    pages.get(path, (c) => c.html(page(title), 200, securityHeaders));
  }
  pages.get(
    "/people.js",
    (c) => c.body(SCRIPT, 200, { "content-type": "text/javascript", ...securityHeaders }),
  );
  pages.get(
    "/people.css",
    (c) => c.body(STYLE, 200, { "content-type": "text/css", ...securityHeaders }),
  );
  return pages;
}

const page = (title: string) =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} – giggityflix</title>
<link rel="stylesheet" href="/people.css">
</head>
<body>
<form id="form" method="post">
<h1>${title}</h1>
<label>Name <input id="name" autocomplete="username" required maxlength="64" autofocus></label>
<label>Password <input id="password" type="password" required></label>
<button>${title === "Sign in" ? title : "Make my account"}</button>
<button id="passkey" type="button" hidden>Sign in with a passkey</button>
<p id="said" role="alert"></p>
</form>
<script src="/people.js"></script>
</body>
</html>`;

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; background: #15171c; color: #e8eaef; margin: 0;
  min-height: 100vh; display: grid; place-items: center }
form { display: grid; gap: 1rem; width: min(22rem, 90vw) }
h1 { font-size: 1.4rem; margin: 0 }
label { display: grid; gap: .25rem }
input, button { font: inherit; padding: .6rem .75rem; border-radius: .4rem; border: 1px solid #4a5060;
  background: #1f232b; color: inherit }
button { background: #3b5bdb; border-color: #3b5bdb; cursor: pointer }
#passkey { background: none }
:focus-visible { outline: 2px solid #91a7ff; outline-offset: 2px }
#said { color: #ffa8a8; min-height: 1.5em; margin: 0 }
`;

const SCRIPT = `"use strict";
const path = location.pathname;
const isLogin = path === "/login";
const at = { "/setup": "/api/setup", "/invitation": "/api/invitations/accept" }[path] ??
  "/api/sessions";
const token = location.hash.slice(1);
const byId = (id) => document.getElementById(id);
byId("password").autocomplete = isLogin ? "current-password" : "new-password";
if (!isLogin) byId("password").minLength = 10;
// A link that was followed is not kept in the address bar, nor in the history.
if (token) history.replaceState(null, "", path);
if (!isLogin && !token) byId("said").textContent = "This link is not whole: copy all of it.";

async function send(to, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(to, { method: "POST", headers, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
}
async function attempt(work) {
  byId("said").textContent = "";
  try {
    await work();
    location.replace("/");
  } catch (error) {
    byId("said").textContent = error.message;
  }
}
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const account = { name: byId("name").value, password: byId("password").value, use: "cookie" };
  attempt(() => send(at, isLogin ? account : { ...account, token }));
});
if (isLogin && globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  byId("passkey").hidden = false;
  byId("passkey").addEventListener("click", () => attempt(async () => {
    const asked = await send("/api/passkeys/authentication", {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options);
    const credential = await navigator.credentials.get({ publicKey });
    await send("/api/passkeys/authentication/" + asked.challenge_id, {
      credential: credential.toJSON(), use: "cookie",
    });
  }));
}
`;
