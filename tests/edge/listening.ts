/**
 * gRPC servers of a test's own, on loopback.
 *
 * @module
 */
import type { Grpc } from "../../src/edge/proto.ts";

type Server = InstanceType<Grpc["lib"]["Server"]>;

/** Resolves when the server listens at `address`, to its port. */
export function listening(
  server: Server,
  lib: Grpc["lib"],
  address = "127.0.0.1:0",
): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync(
      address,
      lib.ServerCredentials.createInsecure(),
      (error, port) => error ? reject(error) : resolve(port),
    )
  );
}
