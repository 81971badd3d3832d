/**
 * A connection that fails must not end the program. NATS' client lets go of all listeners of a socket
 * before it closes it, and of one with TLS as soon as that has begun (3.4); what the socket still has
 * to say then, a reset for example, or that our certificate is refused, would be an error that nobody
 * hears.
 *
 * @module
 */
import net, { type Socket } from "node:net";
import tls from "node:tls";

type Opens = (...how: unknown[]) => Socket;

let isDone = false;

/** Sees to all sockets that are opened by node:net and node:tls, from the first call on. */
export function hearErrorsOfSockets(): void {
  if (isDone) return;
  isDone = true;
  net.createConnection = hearing(net.createConnection as Opens) as typeof net.createConnection;
  tls.connect = hearing(tls.connect as Opens) as typeof tls.connect;
}

function hearing(open: Opens): Opens {
  return (...how) => {
    const socket = open(...how);
    const forget = socket.removeAllListeners;
    socket.removeAllListeners = function (...which: unknown[]) {
      forget.apply(socket, which as never);
      socket.on("error", () => {}); // "close" tells of it as well
      return socket;
    };
    return socket;
  };
}
