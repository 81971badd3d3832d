/**
 * Screenshots in a bucket of an S3 server, in words that all of them know: path-style addresses,
 * signature version 4. Viewers get them from there, by links that are good for minutes.
 *
 * @module
 */
import type { AwsClient } from "aws4fetch";
import { FatalError, reasonOf, UnavailableError } from "../../../../base/errors.ts";
import type { ObjectStore } from "./objects.ts";

export interface S3Place {
  /** `https://host:port`. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretAccessKey: string;
}

/** Others may keep something in the same bucket. */
const FOLDER = "screenshots";
const PREFIX = `${FOLDER}/`;
const TIMEOUT_MS = 10_000;
/** Seconds that a viewer's link is good for. */
export const LINK_S = 300;
/** Names of one page of a list: as many as S3 gives at most. */
const PAGE = 1000;

/**
 * Nothing is asked before the first use.
 *
 * @throws {FatalError} what is needed is not said
 * @throws (its functions) {UnavailableError} the server is away, or refuses
 */
export function s3Objects(
  { endpoint, bucket, region, ...keys }: S3Place,
  page: number = PAGE,
): ObjectStore {
  const missing = Object.entries({ BUCKET: bucket, REGION: region, ACCESS_KEY: keys.accessKey })
    .concat([["SECRET_ACCESS_KEY", keys.secretAccessKey]])
    .flatMap(([name, value]) => value ? [] : [`SCREENSHOT_S3_${name}`]);
  if (missing.length > 0) {
    throw new FatalError(`Cannot keep screenshots in S3: set ${missing.join(", ")}`);
  }
  const base = `${endpoint.replace(/\/+$/, "")}/${bucket}`;
  const place = base.replace(/\/\/[^/@]*@/, "//");
  const urlOf = (name: string) => `${base}/${PREFIX}${encodeURIComponent(name)}`;
  let opened: Promise<AwsClient> | undefined;
  const client = () =>
    opened ??= import("aws4fetch").then(({ AwsClient }) =>
      new AwsClient({
        accessKeyId: keys.accessKey,
        secretAccessKey: keys.secretAccessKey,
        service: "s3",
        region,
        retries: 2,
      })
    );

  /** Its answer, if it is one of `good`; what it says to others is short, and told. */
  async function ask(url: string, init: RequestInit, good: number[]): Promise<Response> {
    const fail = (reason: string, cause?: unknown) =>
      new UnavailableError(`Cannot use S3 at ${place}: ${reason}`, {}, { cause });
    let answer: Response;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      answer = await (await client()).fetch(url, { ...init, signal, redirect: "manual" });
    } catch (cause) {
      throw fail(reasonOf(cause), cause);
    }
    if (good.includes(answer.status)) return answer;
    const said = await answer.text().catch(() => "");
    const code = /<Code>([\w.]{1,100})<\/Code>/.exec(said)?.[1] ?? "no reason given";
    throw fail(`it answered ${answer.status}, ${code}`);
  }

  return {
    async put(name, bytes) {
      const digest = await crypto.subtle.digest("SHA-256", bytes);
      const headers = {
        "content-type": mimeOf(name),
        "cache-control": "private, max-age=31536000, immutable",
        // The bytes are signed, too.
        "x-amz-content-sha256": new Uint8Array(digest).toHex(),
      };
      const answer = await ask(urlOf(name), { method: "PUT", body: bytes, headers }, [200]);
      await answer.body?.cancel();
    },
    async get(name) {
      const answer = await ask(urlOf(name), {}, [200, 404]);
      if (answer.status === 200) return await answer.bytes();
      // A bucket that is not there is no picture that is not there.
      const said = await answer.text();
      if (/<Code>NoSuchBucket</.test(said)) {
        throw new UnavailableError(`Cannot use S3 at ${place}: there is no such bucket`);
      }
      return undefined;
    },
    async remove(name) {
      const answer = await ask(urlOf(name), { method: "DELETE" }, [200, 204, 404]);
      await answer.body?.cancel();
    },
    async *list() {
      for (let token = "";;) {
        const query = new URLSearchParams({ "list-type": "2", prefix: FOLDER });
        query.set("max-keys", String(page));
        if (token) query.set("continuation-token", token);
        const text = await (await ask(`${base}?${query}`, {}, [200])).text();
        const { ListBucketResult: listed = {} } = await readXml(text) as ListAnswer;
        for (const { Key: key, LastModified: at } of listed.Contents ?? []) {
          if (!key.startsWith(PREFIX)) continue;
          yield { name: key.slice(PREFIX.length), putAt: Date.parse(at) };
        }
        if (!listed.NextContinuationToken) return;
        token = listed.NextContinuationToken;
      }
    },
    async linkTo(name) {
      const url = `${urlOf(name)}?X-Amz-Expires=${LINK_S}`;
      return (await (await client()).sign(url, { aws: { signQuery: true } })).url;
    },
  };
}

interface ListAnswer {
  ListBucketResult?: {
    Contents?: { Key: string; LastModified: string }[];
    NextContinuationToken?: string;
  };
}

async function readXml(text: string): Promise<unknown> {
  const { XMLParser } = await import("fast-xml-parser");
  const isArray = (name: string) => name === "Contents";
  return new XMLParser({ isArray, parseTagValue: false, processEntities: true }).parse(text);
}

function mimeOf(name: string): string {
  const types: Record<string, string> = { jpg: "image/jpeg", png: "image/png", webp: "image/webp" };
  return types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}
