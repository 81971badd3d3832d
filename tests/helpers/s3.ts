/**
 * A real S3 server of a test's own: moto, which checks signatures as AWS does. Gone with the test,
 * also when that is killed.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import { findProgram } from "../../scripts/run.ts";
import { freePort } from "./port.ts";

const program = findProgram("moto_server");

/** Whether moto_server is here: `ignore: !hasS3`. */
export const hasS3 = program !== undefined;

export interface S3Server extends AsyncDisposable {
  place: {
    endpoint: string;
    bucket: string;
    region: string;
    accessKey: string;
    secretAccessKey: string;
  };
  /** From now on nobody's signature is asked for: moto does not know those of links. */
  trustAll(): Promise<void>;
}

/** With a bucket, and keys that may use it. */
export async function startS3(): Promise<S3Server> {
  if (!program) throw new Error("moto_server is not installed");
  const port = freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  // Its input ends with this program, however that ends.
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", '"$@" & pid=$!; read end; kill -KILL $pid; wait $pid', "sh", program, "-H"]
      .concat("127.0.0.1", "-p", `${port}`),
    env: { INITIAL_NO_AUTH_ACTION_COUNT: "4" },
    stdin: "piped",
    stdout: "null",
    stderr: Deno.env.get("TEST_LOG") ? "inherit" : "null",
  }).spawn();
  const stop = async () => {
    await child.stdin.close();
    await child.status;
  };
  try {
    await ready(`${endpoint}/moto-api/`);
    const place = {
      endpoint,
      bucket: "pictures",
      region: "us-east-1",
      ...await makeUser(endpoint),
    };
    const bucket = await clientOf(place, "s3").fetch(`${endpoint}/pictures`, { method: "PUT" });
    if (!bucket.ok) throw new Error(`No bucket: ${await bucket.text()}`);
    await bucket.body?.cancel();
    return {
      place,
      async trustAll() {
        const answer = await fetch(`${endpoint}/moto-api/reset-auth`, {
          method: "POST",
          body: "1000000",
        });
        await answer.body?.cancel();
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function clientOf(keys: { accessKey: string; secretAccessKey: string }, service: string) {
  const { accessKey: accessKeyId, secretAccessKey } = keys;
  return new AwsClient({ accessKeyId, secretAccessKey, service, region: "us-east-1", retries: 0 });
}

async function makeUser(endpoint: string) {
  const client = clientOf({ accessKey: "anybody", secretAccessKey: "anything" }, "iam");
  const ask = async (action: string, more: Record<string, string> = {}) => {
    const body = new URLSearchParams({ Action: action, Version: "2010-05-08", UserName: "edge" });
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await client.fetch(`${endpoint}/`, { method: "POST", body: `${body}`, headers });
    return await answer.text();
  };
  await ask("CreateUser");
  const statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await ask("PutUserPolicy", { PolicyName: "s3", PolicyDocument: policy });
  const text = await ask("CreateAccessKey");
  const field = (name: string) =>
    new RegExp(`<${name}>([^<]+)`).exec(text)![1]!.replaceAll("&amp;", "&");
  return { accessKey: field("AccessKeyId"), secretAccessKey: field("SecretAccessKey") };
}

async function ready(url: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer) return;
  }
  throw new Error("moto_server did not start in 30 s");
}
