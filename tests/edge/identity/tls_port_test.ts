/**
 * TLS at the edge's own port: one way and mutual, renewed while it serves, and every way in which
 * certificates are wrong said in words.
 *
 * @module
 */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { connect } from "node:tls";
import { once } from "node:events";
import { FatalError } from "../../../src/base/errors.ts";
import { Log, textSink } from "../../../src/base/log.ts";
import { PublishedPeer } from "../published.ts";
import { migrations, openDatabase, openSqliteState } from "../../../src/db/mod.ts";
import { openClient } from "../../../src/edge/link/client.ts";
import { explainTls } from "../../../src/edge/identity/mod.ts";
import { openEdge } from "../../../src/edge/mod.ts";
import { openGrpc } from "../../../src/edge/proto.ts";
import { grpcTest, log, MapLibrary, startEdge, startLink, until } from "../rig.ts";
import { hasOpenssl, openCertificates } from "./certificates.ts";

const options = { ...grpcTest, ignore: !hasOpenssl };

Deno.test("an edge's port speaks TLS, one way and mutual", options, async () => {
  await using files = await openCertificates();
  await files.authority("ca");
  await files.certificate("edge", "ca", "IP:127.0.0.1");
  await files.authority("peers");
  await files.certificate("peer", "peers", "DNS:peer");
  const tls = { certPath: files.path("edge.pem"), keyPath: files.path("edge.key") };
  const settings = { useTls: true, certPath: files.path("ca.pem") };
  const own = {
    clientCertPath: files.path("peer.pem"),
    clientKeyPath: files.path("peer.key"),
  };
  {
    await using rig = await startEdge({ identity: { tls } });
    await using peer = startLink(rig.address, new MapLibrary("Alien.mp4"), { settings });
    await peer.event("link.connected");
    await using plain = startLink(rig.address, new MapLibrary());
    match(await until(() => plain.link.state().reason), /If the edge speaks TLS, set GRPC_USE_TLS/);
    await using stranger = startLink(rig.address, new MapLibrary(), {
      settings: { ...settings, certPath: files.path("peers.pem"), peerId: "two" },
    });
    match(
      await until(() => stranger.link.state().reason),
      /of no authority that is trusted here: set GRPC_CERT_PATH/,
    );
  }
  const mutual = { ...tls, clientCaPath: files.path("peers.pem") };
  await using rig = await startEdge({ identity: { tls: mutual } });
  await using nobody = startLink(rig.address, new MapLibrary(), { settings });
  match(
    await until(() => nobody.link.state().reason),
    /wants a certificate of this peer: set GRPC_CLIENT_CERT_PATH/,
  );
  await using peer = startLink(rig.address, new MapLibrary(), {
    settings: { ...settings, ...own },
  });
  await peer.event("link.connected");
});

Deno.test(
  "a peer in the same process has a plain port of its own beside one of TLS",
  options,
  async () => {
    await using files = await openCertificates();
    await files.authority("ca");
    await files.certificate("edge", "ca", "IP:127.0.0.1");
    const tls = { certPath: files.path("edge.pem"), keyPath: files.path("edge.key") };
    const state = openSqliteState(openDatabase(":memory:", migrations.edge));
    const edge = openEdge({ state, publish: () => {}, log, edgeId: "e", identity: { tls } });
    const stop = new AbortController();
    const inner = Promise.withResolvers<number | undefined>();
    const running = edge.serve("127.0.0.1:0", (_, port) => inner.resolve(port))(stop.signal);

    using peer = new PublishedPeer(`127.0.0.1:${await inner.promise}`, "own");
    await peer.headers;

    stop.abort();
    await running;
  },
);

Deno.test(
  "new certificates are taken up while peers stay, and wrong ones are not",
  options,
  async () => {
    await using files = await openCertificates();
    await files.authority("ca");
    await files.certificate("first", "ca", "IP:127.0.0.1");
    await files.certificate("second", "ca", "IP:127.0.0.1");
    const use = async (name: string) => {
      await files.copy(`${name}.key`, "edge.key");
      await files.copy(`${name}.pem`, "edge.pem");
    };
    await use("first");
    const tls = { certPath: files.path("edge.pem"), keyPath: files.path("edge.key") };
    await using rig = await startEdge({ identity: { tls }, timeouts: { peerSec: 1 } });
    const settings = { useTls: true, certPath: files.path("ca.pem"), heartbeatSec: 0.2 };
    await using peer = startLink(rig.address, new MapLibrary(), { settings });
    await peer.event("link.connected");
    const shown = async () => {
      const ca = await Deno.readTextFile(files.path("ca.pem"));
      const socket = connect({ port: Number(rig.address.split(":")[1]), host: "127.0.0.1", ca });
      await once(socket, "secureConnect");
      const name = socket.getPeerCertificate().subject.CN;
      socket.destroy();
      return name;
    };
    strictEqual(await shown(), "first");

    await files.copy("second.key", "edge.key"); // half of it
    await use("second");
    await until(async () => await shown() === "second");
    await files.copy("first.key", "edge.key"); // does not fit any more

    strictEqual(await shown(), "second");
    deepStrictEqual(peer.seen.map(({ type }) => type), ["link.connected"]);
    ok(peer.link.state().connected);
  },
);

Deno.test(
  "an edge whose certificates are wrong says which, and does not start",
  options,
  async () => {
    await using files = await openCertificates();
    await files.authority("ca");
    await files.certificate("edge", "ca", "IP:127.0.0.1");
    await files.certificate("other", "ca", "IP:127.0.0.1");
    await files.certificate("old", "ca", "IP:127.0.0.1", -1);
    const start = (cert: string, key: string, clientCaPath?: string) => {
      const path = (name: string) => name && files.path(name);
      const tls = { certPath: path(cert), keyPath: path(key), clientCaPath };
      return startEdge({ identity: { tls } });
    };
    const cases: [Parameters<typeof start>, RegExp][] = [
      [["", "edge.key"], /^Cannot use TLS: GRPC_CERT_PATH is not set$/],
      [["edge.pem", ""], /^Cannot use TLS: GRPC_KEY_PATH is not set$/],
      [
        ["none.pem", "edge.key"],
        /^Cannot read ".*none\.pem": there is no such file\. Set GRPC_CERT_PATH$/,
      ],
      [["edge.pem", "none.key"], /there is no such file\. Set GRPC_KEY_PATH/],
      [["edge.pem", "other.key"], /it does not belong to the certificate/],
      [["old.pem", "old.key"], /it has expired \(.*\)\. Renew it/],
      [["edge.key", "edge.key"], /it is no certificate in PEM\. Set GRPC_CERT_PATH/],
      [["edge.pem", "edge.pem"], /it is no private key in PEM\. Set GRPC_KEY_PATH/],
      [["edge.pem", "edge.key", files.path("none")], /Set GRPC_CLIENT_CERT_PATH/],
      [
        ["edge.pem", "edge.key", files.path("edge.key")],
        /no certificate in PEM\. Set GRPC_CLIENT_CERT_PATH/,
      ],
    ];
    for (const [files, said] of cases) {
      await rejects(
        start(...files),
        (error) => error instanceof FatalError && said.test(error.message),
        String(said),
      );
    }
  },
);

Deno.test("a peer says what is wrong with its certificates, or the edge's", options, async () => {
  await using files = await openCertificates();
  await files.authority("ca");
  await files.certificate("edge", "ca", "IP:127.0.0.1");
  await files.certificate("other", "ca", "DNS:other.example");
  await using rig = await startEdge({
    identity: { tls: { certPath: files.path("other.pem"), keyPath: files.path("other.key") } },
  });
  await using plain = await startEdge();
  const ca = { useTls: true, certPath: files.path("ca.pem") };
  const answers: [string, RegExp][] = [
    [rig.address, /is for another name: use that name in EDGE_GRPC_ADDRESS/],
    [plain.address, /speaks no TLS at this address|No connection established/],
  ];
  for (const [address, said] of answers) {
    await using peer = startLink(address, new MapLibrary(), { settings: ca });
    match(await until(() => peer.link.state().reason, String(said)), said);
  }
  const own = { clientCertPath: files.path("edge.pem") };
  const cases: [Record<string, string>, RegExp][] = [
    [{ certPath: files.path("none") }, /there is no such file\. Set GRPC_CERT_PATH/],
    [own, /GRPC_CLIENT_KEY_PATH is not set/],
    [{ ...own, clientKeyPath: files.path("other.key") }, /does not belong to the certificate/],
  ];
  const grpc = await openGrpc();
  for (const [wrong, said] of cases) {
    await rejects(openClient(grpc, { address: rig.address, ...ca, ...wrong }), said);
  }
});

Deno.test("a refused certificate is said at both ends, and whose it was", options, async () => {
  await using files = await openCertificates();
  await files.authority("ca");
  await files.certificate("edge", "ca", "IP:127.0.0.1");
  await files.authority("peers");
  await files.authority("others");
  await files.certificate("stranger", "others", "DNS:peer");
  const tls = {
    certPath: files.path("edge.pem"),
    keyPath: files.path("edge.key"),
    clientCaPath: files.path("peers.pem"),
  };
  const lines: string[] = [];
  await using rig = await startEdge({
    identity: { tls },
    log: new Log(textSink((it) => void lines.push(it))),
  });
  const settings = { useTls: true, certPath: files.path("ca.pem") };
  const own = {
    clientCertPath: files.path("stranger.pem"),
    clientKeyPath: files.path("stranger.key"),
  };
  await using nobody = startLink(rig.address, new MapLibrary(), { settings });
  match(
    await until(() => nobody.link.state().reason),
    /wants a certificate of this peer: set GRPC_CLIENT_CERT_PATH/,
  );
  await using stranger = startLink(rig.address, new MapLibrary(), {
    settings: { ...settings, ...own, peerId: "stranger" },
  });
  match(
    await until(() => stranger.link.state().reason),
    /not accept this peer's certificate.*Look at GRPC_CLIENT_CERT_PATH/,
  );
  const refused = () => lines.filter((it) => it.includes("TLS handshake failed"));
  await until(() => refused().length === 2);
  match(refused()[0]!, /address="127\.0\.0\.1:\d+".*no certificate.*GRPC_CLIENT_CERT_PATH/);
  match(refused()[1]!, /address="127\.0\.0\.1:\d+".*not accepted.*GRPC_CLIENT_CERT_PATH/);
});

Deno.test("what is said of TLS that failed depends on who has refused whom", () => {
  const failed = (why: string) => `No connection established. Last error: ${why}`;
  match(explainTls("write EPIPE", true, false), /wants a certificate.*GRPC_CLIENT_CERT_PATH/);
  match(explainTls("write EPIPE", true, true), /not accept this peer's certificate/);
  const expired = failed("received fatal alert: CertificateExpired");
  match(explainTls(expired, true, true), /not accept this peer's certificate/);
  match(
    explainTls(failed("certificate has expired"), true, false),
    /edge's certificate has expired/,
  );
  const down = failed("connect ECONNREFUSED 127.0.0.1:1");
  strictEqual(explainTls(down, true, false), down);
  const at = (time: string) =>
    explainTls(failed(`Failed to connect (2026-11-22T13:27:${time}Z)`), false, false);
  strictEqual(at("08.080"), at("09.911"), "the same failure is said once");
});
