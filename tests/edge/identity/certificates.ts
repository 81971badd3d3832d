/**
 * Certificates for tests, made by openssl.
 *
 * @module
 */
import { join } from "node:path";

export const hasOpenssl = await new Deno.Command("openssl", { args: ["version"], stdout: "null" })
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

const EC = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/** A folder of certificates; it goes when the scope ends. */
export async function openCertificates() {
  const folder = await Deno.makeTempDir();
  const path = (name: string) => join(folder, name);
  return {
    path,
    /** `<name>.pem` and `<name>.key`, trusted by whoever is given the former. */
    authority: (name: string) =>
      openssl(
        folder,
        `req -x509 ${EC} -keyout ${name}.key -out ${name}.pem -days 2 -subj /CN=${name}`,
      ),
    /** `<name>.pem` and `<name>.key`, signed by `authority`, for these subjectAltNames. */
    async certificate(name: string, authority: string, names: string, days = 2) {
      await openssl(folder, `req ${EC} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`);
      await Deno.writeTextFile(path("names"), `subjectAltName=${names}\n`);
      await openssl(
        folder,
        `x509 -req -in ${name}.csr -CA ${authority}.pem -CAkey ${authority}.key -CAcreateserial ` +
          `-days ${days} -extfile names -out ${name}.pem`,
      );
    },
    copy: (from: string, to: string) => Deno.copyFile(path(from), path(to)),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
