/**
 * The first owner, by the link that an edge prints; passkeys in a real browser; the commands.
 *
 * @module
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { runCommand, startAgent } from "../helpers/agent.ts";
import { chromiumPath, launchBrowser, openPage } from "../helpers/browser.ts";
import { tempDir } from "../helpers/temp.ts";
import { until } from "../helpers/wait.ts";

const PASSWORD = "correct horse battery";
const LINK = /(http:\S+\/setup)(#gfs_[\w-]{43})/;

Deno.test({
  name: "a person follows the printed link in a browser, makes a passkey, and signs in with it",
  ignore: chromiumPath() === undefined,
}, async () => {
  await using data = await tempDir();
  await using edge = await startAgent({ dataDir: data.path, role: "edge" });
  await until("the set-up link", () => LINK.test(edge.output()));
  const [, path, secret] = LINK.exec(edge.output())!;
  // Browsers make passkeys for names.
  const base = edge.url.replace("127.0.0.1", "localhost");
  const browser = await launchBrowser();
  try {
    const page = await openPage(browser);
    const faults: string[] = [];
    page.on("pageerror", (error) => void faults.push(String(error)));
    const devices = await page.context().newCDPSession(page);
    await devices.send("WebAuthn.enable");
    await devices.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const signedIn = () =>
      page.evaluate(async () => {
        const me = await (await fetch("/api/users/me")).json();
        return { ...me, cookies: document.cookie, hash: location.hash };
      });
    const home = () => page.waitForURL((url) => url.pathname === "/", { waitUntil: "commit" });

    await page.goto(path!.replace("127.0.0.1", "localhost") + secret);
    strictEqual(await page.evaluate(() => location.hash), "", "it is not kept in the history");
    await page.fill("#name", "Ann");
    await page.fill("#password", PASSWORD);
    await page.click("button:not([type=button])");
    await home();
    const { by, name, role, cookies } = await signedIn();
    deepStrictEqual({ by, name, role, cookies }, {
      by: "session",
      name: "Ann",
      role: "owner",
      cookies: "",
    });

    const made = await page.evaluate(async () => {
      const send = async (at: string, body?: object) => {
        const headers = { "content-type": "application/json" };
        const answer = await fetch(at, { method: "POST", headers, body: JSON.stringify(body) });
        return { status: answer.status, body: await answer.json() };
      };
      const { body } = await send("/api/passkeys/registration");
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(body.options);
      const credential = await navigator.credentials.create({ publicKey }) as PublicKeyCredential;
      const kept = await send("/api/passkeys", {
        "challenge_id": body.challenge_id,
        name: "Chromium",
        credential: credential.toJSON(),
      });
      await fetch("/api/sessions/sign-out", { method: "POST" });
      return kept;
    });
    strictEqual(made.status, 201, JSON.stringify(made.body));
    strictEqual((await signedIn()).by, "local", "on this machine, without an account");

    await page.goto(`${base}/login`);
    await page.click("#passkey");
    await home();
    const again = await signedIn();
    deepStrictEqual([again.by, again.name], ["session", "Ann"]);

    await page.goto(path!.replace("127.0.0.1", "localhost") + secret);
    await page.fill("#name", "Eve");
    await page.fill("#password", PASSWORD);
    await page.click("button:not([type=button])");
    await page.waitForFunction(() => document.querySelector("#said")?.textContent);
    match(await page.textContent("#said") ?? "", /Cannot use this link/);
    deepStrictEqual(faults, []);
  } finally {
    await browser.close();
  }
});

Deno.test("accounts and invitations by the command line", async () => {
  await using data = await tempDir();
  const none = await runCommand(["user", "list"], { dataDir: data.path });
  strictEqual(none.code, 6);
  match(none.stderr, /no agent runs/);
  await using edge = await startAgent({ dataDir: data.path, role: "edge" });
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(args, { dataDir: data.path });
    strictEqual(code, 0, stderr);
    return stdout;
  };

  const added = await run("user", "add", "Ann", "--role", "owner");
  const [, password] = /shown this once: (\S+)/.exec(added)!;
  const [link] = /http:\S+\/invitation#gfi_\S+/.exec(
    await run("invite", "--role", "guest", "--share-tag", "genre/kids"),
  )!;
  const send = async (path: string, body: object) => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(edge.url + path, init);
    await answer.body?.cancel();
    return answer.status;
  };
  strictEqual(await send("/api/sessions", { name: "ann", password }), 201);
  const token = new URL(link!).hash.slice(1);
  const accepted = { token, name: "Gus", password: PASSWORD };
  strictEqual(await send("/api/invitations/accept", accepted), 201);

  // The folder by its flag, which the command above these takes, too.
  const made = JSON.parse(await run("invite", "--role", "guest", "--json"));
  const flagged = async (...args: string[]) => {
    await using elsewhere = await tempDir();
    const options = { dataDir: elsewhere.path };
    const { code, stdout, stderr } = await runCommand([...args, "-d", data.path], options);
    strictEqual(code, 0, stderr);
    return stdout;
  };
  match(await flagged("invite", "revoke", made.id), /good no more/);
  const invitations = JSON.parse(await flagged("invite", "list", "--json"));
  strictEqual(invitations.find((it: { id: string }) => it.id === made.id)?.state, "revoked");

  const users = JSON.parse(await run("user", "list", "--json"));
  deepStrictEqual(users.map((it: { name: string; role: string }) => `${it.name} ${it.role}`), [
    "Ann owner",
    "Gus guest",
  ]);
  const said = JSON.parse(await run("user", "add", "Hal", "--role", "guest", "--json"));
  strictEqual(await send("/api/sessions", { name: "hal", password: said.password }), 201);
  const anew = JSON.parse(await run("user", "password", "Hal", "--json"));
  strictEqual(await send("/api/sessions", { name: "hal", password: anew.password }), 201);
  ok(!edge.output().includes(password!) && !edge.output().includes(token));
});
