/**
 * TLS to an edge that is named by its IP: connected when its certificate is for that IP and of the
 * authority that is trusted, and only then; here a proxy before the edge speaks TLS.
 *
 * @module
 */
import { match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "./rig.ts";

const hasOpenssl = await new Deno.Command("openssl", { args: ["version"], stdout: "null" })
  .output().then(({ success }) => success, () => false);

async function openssl(cwd: string, args: string): Promise<void> {
  const command = new Deno.Command("openssl", {
    args: args.split(" "),
    cwd,
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(30_000),
  });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** An authority, and a certificate of it for `ip`. */
async function certify(folder: string, ip: string) {
  await openssl(
    folder,
    "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Authority",
  );
  await openssl(folder, "req -newkey rsa:2048 -nodes -keyout key.pem -out csr -subj /CN=edge");
  await Deno.writeTextFile(join(folder, "names"), `subjectAltName=IP:${ip}\n`);
  await openssl(
    folder,
    "x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem",
  );
  const read = (name: string) => Deno.readTextFile(join(folder, name));
  return { cert: await read("cert.pem"), key: await read("key.pem") };
}

/** Takes TLS off, and passes on to `port`. */
function startProxy(certificate: { cert: string; key: string }, port: number) {
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    alpnProtocols: ["h2"],
    ...certificate,
  });
  const pass = async (client: Deno.TlsConn) => {
    await client.handshake();
    const edge = await Deno.connect({ hostname: "127.0.0.1", port });
    await Promise.all([
      client.readable.pipeTo(edge.writable),
      edge.readable.pipeTo(client.writable),
    ]);
  };
  const running = (async () => {
    for await (const client of listener) pass(client).catch(() => {});
  })().catch(() => {});
  return {
    address: `127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await running;
    },
  };
}

const options = { ...grpcTest, ignore: !hasOpenssl };

Deno.test("TLS to an edge named by IP needs a certificate for that IP", options, async () => {
  const folder = await Deno.makeTempDir();
  const other = await Deno.makeTempDir();
  try {
    const right = await certify(folder, "127.0.0.1");
    await certify(other, "127.0.0.1");
    await using rig = await startEdge();
    await using proxy = startProxy(right, Number(rig.address.split(":")[1]));
    const tls = { useTls: true, certPath: join(folder, "ca.pem") };

    {
      await using peer = startLink(proxy.address, new MapLibrary("a.mp4"), { settings: tls });
      await until(async () => (await titles(rig.edge)).length === 1 || peer.link.state().reason);
      strictEqual(peer.link.state().reason, undefined);
    }
    {
      // Another authority of the same name.
      const settings = { ...tls, certPath: join(other, "ca.pem") };
      await using peer = startLink(proxy.address, new MapLibrary(), { settings });
      await until(() => peer.link.state().reason);
      strictEqual(peer.link.state().connected, false);
    }
    const wrong = await certify(folder, "127.0.0.2");
    await using misnamed = startProxy(wrong, Number(rig.address.split(":")[1]));
    await using peer = startLink(misnamed.address, new MapLibrary(), { settings: tls });
    match(await until(() => peer.link.state().reason), /127\.0\.0\.1 is not in the cert's list/);
  } finally {
    await Promise.all([folder, other].map((it) => Deno.remove(it, { recursive: true })));
  }
});
