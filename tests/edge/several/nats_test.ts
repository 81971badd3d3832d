/** The bus on NATS as it is run for real: with TLS, and on a cluster of which a server dies. @module */
import { deepStrictEqual, match, ok, rejects } from "node:assert/strict";
import { InvalidError, UnavailableError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import { type NatsOptions, openNatsBus } from "../../../src/edge/server/routing/bus/nats.ts";
import { natsObjects } from "../../../src/edge/server/screenshots/gallery/nats_objects.ts";
import { hasNats, startNats, startNatsCluster } from "../../helpers/nats.ts";
import { within } from "../../helpers/wait.ts";
import { hasOpenssl, openCertificates } from "../identity/certificates.ts";
import { until } from "../rig.ts";

const open = (options: Partial<NatsOptions> & { url: string }) =>
  openNatsBus({ name: "one", log: silent, startMs: 0, ...options });

Deno.test({
  name: "NATS with TLS is used when its certificate is of the authority that is trusted",
  ignore: !hasNats || !hasOpenssl,
}, async () => {
  await using files = await openCertificates();
  await Promise.all([files.authority("ours"), files.authority("other")]);
  await files.certificate("server", "ours", "IP:127.0.0.1");
  const args = ["--tls", "--tlscert", files.path("server.pem"), "--tlskey"]
    .concat(files.path("server.key"));
  await using server = await startNats({ args });
  await using plain = await startNats();
  const url = server.url.replace("nats:", "tls:");
  const caPath = files.path("ours.pem");

  await rejects(open({ url }), UnavailableError);
  await rejects(open({ url, caPath: files.path("other.pem") }), UnavailableError);
  await rejects(open({ url, caPath: files.path("none.pem") }), (error: Error) => {
    match(error.message, /there is no such file. Set EDGE_BUS_CERT_PATH/);
    return error instanceof InvalidError;
  });
  await rejects(open({ url: plain.url.replace("nats:", "tls:"), caPath }), UnavailableError);
  await rejects(open({ url: url.replace("secret", "guessed"), caPath }), UnavailableError);

  await using bus = await open({ url, caPath });
  await using objects = natsObjects({ url: server.url, caPath });
  const records = await bus.records("places", 60_000, new AbortController().signal);
  await records.put("k", 1);
  await objects.put("picture", new Uint8Array([1, 2]));
  deepStrictEqual([...await objects.get("picture") ?? []], [1, 2]);
  const back = Promise.withResolvers<void>();
  using _back = bus.onBack(() => back.resolve());
  await server.stop();
  await until(() => !bus.isUp());
  await server.start();
  await within("the bus", back.promise, 10_000);
  deepStrictEqual((await records.get("k"))?.value, 1);
});

Deno.test({
  name: "of a NATS cluster one server may die, and nothing that three keep is lost",
  ignore: !hasNats,
}, async () => {
  await using stack = new AsyncDisposableStack();
  const servers = await startNatsCluster(3);
  for (const server of servers) stack.use(server);
  const url = servers.map((it) => it.url).join(",");
  const options = { url, replicas: 3, startMs: 20_000 };
  // Of one it knows the server that dies, and has the others from that.
  const one = stack.use(await open({ ...options, url: servers[0]!.url }));
  const other = stack.use(await open({ ...options, name: "other" }));
  const stop = new AbortController();
  const taken: unknown[] = [];
  const take = (it: unknown) => Promise.resolve(void taken.push(it));
  const consuming = one.consume("edge-commands-one", take, stop.signal);
  const records = await other.records("places", 60_000, stop.signal);
  const sent = (n: number) =>
    until(
      () => other.queue("edge-commands-one", n, `${n}`).then(() => true, () => false),
      "the queue",
      20_000,
    );
  await sent(1);
  const before = await records.put("k", "before");
  ok(before);

  await servers[0]!.stop();
  await sent(2);
  await until(() => taken.includes(2), "what was queued", 20_000);
  deepStrictEqual((await records.get("k"))?.value, "before");
  ok(await until(() => records.put("k", "after").catch(() => undefined), "a record", 20_000));
  deepStrictEqual([...new Set(taken)], [1, 2]);

  stop.abort();
  await within("the end", consuming);
});
