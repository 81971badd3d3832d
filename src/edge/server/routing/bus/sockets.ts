/**
 * A connection that fails must not end the program. NATS' client lets go of all listeners of a socket
 * before it closes it (3.4); what the socket still has to say then, a reset for example, would be an
 * error that nobody hears.
 *
 * @module
 */
import net, { type Socket } from "node:net";

let isDone = false;

/** Sees to all sockets that are opened by `net.createConnection()`, from the first call on. */
export function hearErrorsOfSockets(): void {
  if (isDone) return;
  isDone = true;
  const open = net.createConnection as (...how: unknown[]) => Socket;
  const opens = (...how: unknown[]): Socket => {
    const socket = open(...how);
    const forget = socket.removeAllListeners;
    socket.removeAllListeners = function (...which: unknown[]) {
      forget.apply(socket, which as never);
      socket.on("error", () => {}); // "close" tells of it as well
      return socket;
    };
    return socket;
  };
  net.createConnection = opens as typeof net.createConnection;
}
