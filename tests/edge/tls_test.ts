/**
 * TLS to an edge that is named by its IP: connected when its certificate is for that IP and of the
 * authority that is trusted, and only then; here a proxy before the edge speaks TLS.
 *
 * @module
 */
import { match, strictEqual } from "node:assert/strict";
import { hasOpenssl, openCertificates } from "./identity/certificates.ts";
import { grpcTest, MapLibrary, startEdge, startLink, titles, until } from "./rig.ts";

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
  await using ours = await openCertificates();
  await using theirs = await openCertificates();
  await Promise.all([ours.authority("authority"), theirs.authority("authority")]);
  const certify = async (name: string, ip: string) => {
    await ours.certificate(name, "authority", `IP:${ip}`);
    const read = (file: string) => Deno.readTextFile(ours.path(file));
    return { cert: await read(`${name}.pem`), key: await read(`${name}.key`) };
  };
  await using rig = await startEdge();
  const port = Number(rig.address.split(":")[1]);
  await using proxy = startProxy(await certify("right", "127.0.0.1"), port);
  const tls = { useTls: true, certPath: ours.path("authority.pem") };

  {
    await using peer = startLink(proxy.address, new MapLibrary("a.mp4"), { settings: tls });
    await until(async () => (await titles(rig.edge)).length === 1 || peer.link.state().reason);
    strictEqual(peer.link.state().reason, undefined);
  }
  {
    // Another authority of the same name.
    const settings = { ...tls, certPath: theirs.path("authority.pem") };
    await using peer = startLink(proxy.address, new MapLibrary(), { settings });
    await until(() => peer.link.state().reason);
    strictEqual(peer.link.state().connected, false);
  }
  await using misnamed = startProxy(await certify("wrong", "127.0.0.2"), port);
  await using peer = startLink(misnamed.address, new MapLibrary(), { settings: tls });
  match(await until(() => peer.link.state().reason), /127\.0\.0\.1 is not in the cert's list/);
});
