/** A socket whose listeners were let go. @module */
import { strictEqual } from "node:assert/strict";
import net from "node:net";
import { hearErrorsOfSockets } from "../../../src/edge/server/routing/bus/sockets.ts";

Deno.test("a socket that fails after its listeners were let go harms nobody", async () => {
  hearErrorsOfSockets();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const socket = net.createConnection((listener.addr as Deno.NetAddr).port, "127.0.0.1");
  using _other = await listener.accept();

  socket.removeAllListeners();
  strictEqual(socket.emit("error", new Error("read ECONNRESET")), true);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.destroy();
  await closed;
});
