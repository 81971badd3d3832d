import { strictEqual } from "node:assert/strict";
import { hostOf, isHostPort, isLoopback, isSameHost } from "../../src/base/address.ts";

Deno.test("isLoopback() knows this machine, however its address is written", () => {
  const here = [
    "127.0.0.1",
    "127.255.3.254",
    "::1",
    "[::1]",
    "::1%lo",
    "[::1%25lo]",
    "::ffff:127.0.0.1",
    "::FFFF:127.1.2.3",
    "[::ffff:127.0.0.1]",
    new URL("http://[::ffff:127.0.0.1]:8080/").hostname, // [::ffff:7f00:1]
    new URL("http://127.1/").hostname,
    "localhost",
    "LOCALHOST",
  ];
  for (const host of here) strictEqual(isLoopback(host), true, host);
});

Deno.test("isLoopback() takes nobody else for this machine", () => {
  const elsewhere = [
    "",
    "0.0.0.0",
    "::",
    "[::]",
    "10.0.0.127",
    "128.0.0.1",
    "27.0.0.1",
    "1127.0.0.1",
    "127.0.0",
    "127.0.0.1.example",
    "127.evil.example",
    "localhost.example",
    "my.localhost.example",
    "localhost%lo",
    "127.0.0.1%lo",
    "::1:1",
    "::11",
    "1::1",
    "fe80::1%lo",
    "::ffff:10.0.0.1",
    "::ffff:128.0.0.1",
    "::ffff:7e00:1",
    "::ffff:7f0:1",
    "64:ff9b::127.0.0.1",
    "::1]",
    "::1\n",
    "127.0.0.1 ",
    "127.0.0.1:80",
    "[::1]:80",
  ];
  for (const host of elsewhere) strictEqual(isLoopback(host), false, JSON.stringify(host));
});

Deno.test("hostOf() leaves out port, brackets and mapping", () => {
  const cases = [
    ["192.0.2.7:50051", "192.0.2.7"],
    ["films.example:443", "films.example"],
    ["[2001:db8::7]:443", "2001:db8::7"],
    ["2001:db8::7:443", "2001:db8::7"], // as gRPC and sockets are joined
    ["::1:50051", "::1"],
    ["[fe80::1%eth0]:443", "fe80::1%eth0"],
    ["::ffff:192.0.2.7:443", "192.0.2.7"],
    ["[::FFFF:192.0.2.7]:443", "192.0.2.7"],
    ["films.example", "films.example"],
  ] as const;
  for (const [address, host] of cases) strictEqual(hostOf(address), host);
});

Deno.test("isSameHost() compares machines, and all of loopback is one", () => {
  const cases = [
    ["192.0.2.7:1", "[::ffff:192.0.2.7]:2", true],
    ["127.0.0.1:1", "[::1]:2", true],
    ["192.0.2.7:1", "192.0.2.8:1", false],
    ["127.0.0.1:1", "192.0.2.7:1", false],
    ["[2001:db8::1]:1", "[2001:db8::2]:1", false],
  ] as const;
  for (const [one, other, expected] of cases) strictEqual(isSameHost(one, other), expected, one);
});

Deno.test("isHostPort() knows a port that there can be", () => {
  const good = ["localhost:0", "192.0.2.7:65535", "[::1]:443", "edge.example:50051"];
  const bad = [
    "",
    "edge",
    ":443",
    "edge:",
    "edge:65536",
    "edge:99999",
    "::1:443",
    "a,b:1",
    "a b:1",
  ];
  for (const text of good) strictEqual(isHostPort(text), true, text);
  for (const text of bad) strictEqual(isHostPort(text), false, text);
});
