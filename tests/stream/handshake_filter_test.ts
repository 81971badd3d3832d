/** Repeated handshake messages do not reach the WebRTC library, everything else does. @module */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { createHandshakeFilter } from "../../src/stream/handshake_filter.ts";

function record({ type = 22, epoch = 0, message = 2, number = 0, size = 20 }): number[] {
  const head = [type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, number, 0, 12 + size];
  return [...head, message, 0, 0, size, 0, number, 0, 0, 0, 0, 0, size, ...Array(size).fill(7)];
}

Deno.test("A handshake message passes once", () => {
  const filter = createHandshakeFilter();
  const hello = Uint8Array.from(record({}));

  deepStrictEqual(filter(hello.slice()), hello);
  strictEqual(filter(hello.slice()), undefined);
});

Deno.test("A browser's first hello passes until the next message, for nobody may have heard it", () => {
  const filter = createHandshakeFilter();
  const hello = () => Uint8Array.from(record({ message: 1 }));
  const withCookie = () => Uint8Array.from(record({ message: 1, number: 1 }));

  deepStrictEqual(filter(hello()), hello());
  deepStrictEqual(filter(hello()), hello());
  deepStrictEqual(filter(withCookie()), withCookie());
  strictEqual(filter(hello()), undefined);
  strictEqual(filter(withCookie()), undefined);
});

Deno.test("A repeated message is cut out of a datagram that also has a new one", () => {
  const filter = createHandshakeFilter();
  filter(Uint8Array.from(record({ number: 1 })));
  const both = Uint8Array.from([
    ...record({ number: 1 }),
    ...record({ message: 11, number: 2 }),
    ...record({ type: 20, number: 3 }),
  ]);

  const expected = Uint8Array.from([
    ...record({ message: 11, number: 2 }),
    ...record({ type: 20, number: 3 }),
  ]);
  deepStrictEqual(Uint8Array.from(filter(both)!), expected);
});

Deno.test("Encrypted records, data and what cannot be understood always pass", () => {
  const filter = createHandshakeFilter();
  const datagrams = [
    record({ epoch: 1 }),
    record({ type: 23 }),
    record({}).slice(0, 20),
    [22, 1],
    [],
  ].map((bytes) => Uint8Array.from(bytes));

  for (const datagram of [...datagrams, ...datagrams]) strictEqual(filter(datagram), datagram);
});
