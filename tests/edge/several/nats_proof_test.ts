/** What an edge shows a NATS server that asks who it is: a certificate, or credentials. @module */
import { deepStrictEqual, match, ok, rejects } from "node:assert/strict";
import { InvalidError, UnavailableError } from "../../../src/base/errors.ts";
import { silent } from "../../../src/base/log.ts";
import { type NatsOptions, openNatsBus } from "../../../src/edge/server/routing/bus/nats.ts";
import { natsObjects } from "../../../src/edge/server/screenshots/gallery/nats_objects.ts";
import { hasNats, startNats } from "../../helpers/nats.ts";
import { hasOpenssl, openCertificates } from "../identity/certificates.ts";
import { makeOperator } from "./nats_operator.ts";

type Place = Partial<NatsOptions> & { url: string };

const open = (options: Place) => openNatsBus({ name: "one", log: silent, startMs: 0, ...options });

async function refuses(place: Place, type: typeof InvalidError, words: RegExp): Promise<void> {
  await rejects(open(place), (error: Error) => {
    match(error.message, words);
    return error instanceof type;
  });
}

async function works(place: Place): Promise<void> {
  await using bus = await open(place);
  await using objects = natsObjects(place);
  const records = await bus.records("places", 60_000, new AbortController().signal);
  await records.put("k", 1);
  deepStrictEqual((await records.get("k"))?.value, 1);
  await objects.put("picture", new Uint8Array([1, 2]));
  deepStrictEqual([...await objects.get("picture") ?? []], [1, 2]);
}

Deno.test({
  name: "a NATS server that asks for certificates is shown the edge's own",
  ignore: !hasNats || !hasOpenssl,
}, async () => {
  await using files = await openCertificates();
  await Promise.all([files.authority("ours"), files.authority("other")]);
  await files.certificate("server", "ours", "IP:127.0.0.1");
  await files.certificate("edge", "ours", "DNS:edge");
  await files.certificate("stranger", "other", "DNS:edge");
  const args = ["--tls", "--tlscert", files.path("server.pem"), "--tlskey"]
    .concat(files.path("server.key"), "--tlsverify", "--tlscacert", files.path("ours.pem"));
  await using server = await startNats({ args });
  const place = { url: server.url.replace("nats:", "tls:"), caPath: files.path("ours.pem") };
  const own = (certificate: string, key = certificate) => ({
    ...place,
    certPath: files.path(`${certificate}.pem`),
    keyPath: files.path(`${key}.key`),
  });

  await works(own("edge"));
  await works({ ...own("edge"), url: server.url });
  await Promise.all([
    refuses(
      place,
      UnavailableError,
      /Perhaps it wants a certificate of this edge: set EDGE_BUS_CL/,
    ),
    refuses(
      own("stranger"),
      UnavailableError,
      /not accept this edge's .* EDGE_BUS_CLIENT_CERT_PATH/,
    ),
    refuses(own("none"), InvalidError, /no such file. Set EDGE_BUS_CLIENT_CERT_PATH/),
    refuses(
      own("edge", "stranger"),
      InvalidError,
      /does not belong to .* EDGE_BUS_CLIENT_KEY_PATH/,
    ),
    refuses({ ...own("edge"), keyPath: "" }, InvalidError, /EDGE_BUS_CLIENT_KEY_PATH is not set/),
  ]);
});

Deno.test({
  name: "a NATS server of an operator is shown credentials",
  ignore: !hasNats,
}, async () => {
  const folder = await Deno.makeTempDir();
  await using _folder = {
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
  const keep = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    return `${folder}/${name}`;
  };
  const operator = makeOperator();
  const config = await keep("operator.conf", operator.config);
  await using server = await startNats({ args: ["-c", config] });
  const url = `nats://127.0.0.1:${server.port}`;
  const good = operator.creds();
  const withText = async (text: string) => ({
    url,
    credsPath: await keep(`${crypto.randomUUID()}.creds`, text),
  });

  await works(await withText(good));
  await works(await withText(good.replaceAll("\n", "\r\n")));
  const violation = /Authorization Violation\. Look at the user in EDGE_BUS_URL, or at EDGE_BUS_CR/;
  await refuses({ url }, UnavailableError, violation);
  await refuses(await withText(makeOperator().creds()), UnavailableError, violation);
  const old = /they have expired on 2001-09-09T01:46:40.000Z/;
  await refuses(await withText(operator.creds(1_000_000_000)), InvalidError, old);
  const none = { url, credsPath: `${folder}/none.creds` };
  await refuses(none, InvalidError, /no such file. Set EDGE_BUS_CREDS_PATH/);
  await refuses(await withText(config), InvalidError, /no JWT and seed of a NATS user are in it/);
  const [, seed = ""] = /^(SU\w+)$/m.exec(good) ?? [];
  ok(seed);
  const [, other = ""] = /^(SU\w+)$/m.exec(operator.creds()) ?? [];
  await refuses(await withText(good.replace(seed, other)), InvalidError, /is for another key/);
  await rejects(open(await withText(good.replace(seed, "secret"))), (error: Error) => {
    match(error.message, /its seed is none/);
    return error instanceof InvalidError && !error.message.includes("secret");
  });
  const both = { ...await withText(good), url: server.url };
  await refuses(both, InvalidError, /EDGE_BUS_URL names a user or a token, too/);
});
