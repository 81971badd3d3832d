/**
 * Settings of an S3 server that keeps the screenshots of an edge.
 *
 * @module
 */
import { z } from "zod";
import { type Setting, text } from "./setting.ts";

type TextSetting = Setting<string> & { fixed: true };

const fixed = (help: string, schema: z.ZodType<string>, fallback = ""): TextSetting => ({
  ...text(help, schema, fallback),
  fixed: true,
});

const word = z.string().max(200).regex(/^\S*$/, "expected no spaces");

export const s3Settings = {
  screenshotS3Endpoint: fixed(
    "S3 server that keeps screenshots, as https://host:port, by which viewers reach it, too; " +
      "when empty, DATA_DIR or NATS",
    z.union([z.literal(""), z.url({ protocol: /^https?$/ })]),
  ),
  screenshotS3Bucket: fixed(
    "Bucket of that S3 server; it must be there",
    z.string().regex(/^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$/, "expected a bucket's name"),
  ),
  screenshotS3Region: fixed("Region of that S3 server", word, "us-east-1"),
  screenshotS3AccessKey: fixed("Access key of that S3 server", word),
  screenshotS3SecretAccessKey: {
    ...fixed("Secret access key of that S3 server", word),
    secret: true as const,
  },
};
