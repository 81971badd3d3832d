/**
 * What is said beside an edge's refusal.
 *
 * @module
 */
import { match, strictEqual } from "node:assert/strict";
import { advice } from "../../../src/edge/link/advice.ts";
import { openGrpc } from "../../../src/edge/proto.ts";

Deno.test("advice is for words that say nothing by themselves", async () => {
  const grpc = await openGrpc();
  const { PERMISSION_DENIED: code } = grpc.lib.status;
  const told = (details: string, isPatient = false) =>
    advice(grpc, { code, details, metadata: new grpc.lib.Metadata() }, isPatient);

  match(told("Peer validation failed"), /another program uses this peer_id/);
  strictEqual(told("Peer validation failed", true), "");
  strictEqual(told("This peer was revoked"), "");
  strictEqual(told('Cannot admit "a": this peer was revoked'), "");
});
