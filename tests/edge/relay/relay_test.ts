/** The relay of an edge: what coturn is told, and a film that comes through it and by no other way. @module */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { run } from "../../../src/base/command.ts";
import { silent } from "../../../src/base/log.ts";
import {
  relayConfig,
  type RelaySettings,
  relayUrls,
  runRelay,
} from "../../../src/edge/relay/mod.ts";
import { turnCredentials } from "../../../src/edge/server/signalling/mod.ts";
import { film, openViewer, startPlay } from "../grants/rig.ts";
import { grpcTest } from "../rig.ts";

const never = new AbortController().signal;
const isMissing = !["/usr/bin", "/usr/local/bin"].some((folder) => {
  try {
    return Deno.statSync(`${folder}/turnserver`).isFile;
  } catch {
    return false;
  }
});

const settings: RelaySettings = {
  host: "127.0.0.1",
  port: 3478,
  publicHost: "",
  ports: "49160-49359",
  isPrivate: false,
  maxKbps: 8000,
  maxUsers: 10,
};

/** coturn wants a number; this one was free a moment ago. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

async function startRelay(changes: Partial<RelaySettings>) {
  const folder = await Deno.makeTempDir({ prefix: "giggityflix-relay-" });
  const its = { ...settings, port: await freePort(), ...changes };
  const stop = new AbortController();
  const ready = Promise.withResolvers<void>();
  const options = { settings: its, secret: "geheim", folder, log: silent };
  const running = runRelay({ ...options, onReady: ready.resolve })(stop.signal);
  running.catch(ready.reject);
  await ready.promise;
  return {
    folder,
    settings: its,
    /** Where a relay is, and nothing else: no STUN. */
    servers: (user: string) => {
      const { username, credential } = turnCredentials("geheim", user);
      return [{ urls: relayUrls(its)[0]!, username, credential }];
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("a relay passes nothing on to private addresses unless told, and knows its limits", () => {
  const text = relayConfig({ ...settings, publicHost: "198.51.100.7" }, "geheim", "/data/relay");

  for (const range of ["10.0.0.0-10.255.255.255", "127.0.0.0-127.255.255.255", "fc00::-fdff:"]) {
    ok(text.includes(`\ndenied-peer-ip=${range}`), range);
  }
  const lines = text.split("\n");
  for (
    const line of [
      "use-auth-secret",
      "static-auth-secret=geheim",
      "no-cli",
      "no-multicast-peers",
      "max-bps=1000000",
      "bps-capacity=120000000",
      "total-quota=120",
      "min-port=49160",
      "max-port=49359",
      "external-ip=198.51.100.7/127.0.0.1",
    ]
  ) ok(lines.includes(line), line);
  ok(!lines.includes("allow-loopback-peers"));
  const open = relayConfig({ ...settings, isPrivate: true }, "geheim", "/data/relay");
  ok(open.includes("allow-loopback-peers") && !open.includes("denied-peer-ip"));
  deepStrictEqual(relayUrls({ ...settings, host: "::1" }), [
    "turn:[::1]:3478?transport=udp",
    "turn:[::1]:3478?transport=tcp",
  ]);
});

Deno.test("a relay that is not installed says how to get it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "giggityflix-relay-" });
  const options = { settings, secret: "s", folder, log: silent, program: "no-such-turnserver" };
  await rejects(runRelay(options)(never), /Install the package coturn, or set TURN_RELAY to off/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "a viewer that can only use the relay gets its film through it",
  ignore: isMissing,
  ...grpcTest,
  fn: async () => {
    await using relay = await startRelay({ isPrivate: true });
    const { mode } = await Deno.stat(`${relay.folder}/turnserver.conf`);
    strictEqual((mode ?? 0) & 0o777, 0o600, "the secret is its owner's");
    await using play = await startPlay();
    await using viewer = await openViewer({
      iceTransportPolicy: "relay",
      iceServers: relay.servers("viewer-1"),
    });
    const addresses = [...viewer.offer.matchAll(/^a=candidate:.* typ (\w+)/gm)];
    ok(addresses.length > 0 && addresses.every(([, type]) => type === "relay"), viewer.offer);

    const { sdp } = await play.rig.edge.openStream(
      { catalogId: play.catalogId, sdp: viewer.offer },
      never,
    );
    await viewer.answer(sdp);
    deepStrictEqual(await viewer.read(), film);
  },
});

Deno.test({
  name: "a relay refuses who has no credentials, and private addresses by itself",
  ignore: isMissing,
  ...grpcTest,
  fn: async () => {
    await using relay = await startRelay({});
    const { port } = relay.settings;
    const good = turnCredentials("geheim", "viewer-1");
    const expired = turnCredentials("geheim", "viewer-1", Date.now() - 24 * 3600 * 1000);
    /** coturn's own client asks for a way to `to`. */
    const ask = async ({ username, credential }: typeof good, to: string) => {
      const who = ["-u", username, "-w", credential, "-e", to, "-X", "-n", "1", "-p", `${port}`];
      const options = { anyExit: true, timeoutMs: 8000 };
      return await run("turnutils_uclient", [...who, "127.0.0.1"], options);
    };

    const refused = [good, { ...good, credential: "wrong" }, expired].map((who) =>
      ask(who, "127.0.0.1")
    );
    const [loopback, wrong, old] = await Promise.all(refused);
    match(loopback!, /403 \(Forbidden IP\)/);
    match(wrong!, /Cannot complete Allocation/);
    match(old!, /Cannot complete Allocation/);
    for (const to of ["10.1.2.3", "192.168.1.1", "169.254.169.254"]) {
      // Each a user of its own: an allocation stays for a while, and counts.
      match(await ask(turnCredentials("geheim", to), to), /403 \(Forbidden IP\)/);
    }
  },
});
