/** A socket whose listeners were let go. @module */
import { strictEqual } from "node:assert/strict";
import net from "node:net";
import tls from "node:tls";
import { hearErrorsOfSockets } from "../../../src/edge/server/routing/bus/sockets.ts";

const opens = {
  "a socket": (port: number) => net.createConnection(port, "127.0.0.1"),
  "a socket with TLS": (port: number) => tls.connect(port, "127.0.0.1"),
};

for (const [name, open] of Object.entries(opens)) {
  Deno.test(`${name} that fails after its listeners were let go harms nobody`, async () => {
    hearErrorsOfSockets();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const socket = open((listener.addr as Deno.NetAddr).port);
    using _other = await listener.accept();

    socket.removeAllListeners();
    strictEqual(socket.emit("error", new Error("read ECONNRESET")), true);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.destroy();
    await closed;
  });
}
