/**
 * The NATS server by which several edges are one: where it is, and what is shown to it.
 *
 * @module
 */
import { z } from "zod";
import { type Setting, text, whole } from "./setting.ts";

const file = (help: string): Setting<string> => ({ ...text(help, z.string(), ""), fixed: true });

export const busSettings = {
  edgeBusUrl: {
    ...text(
      "NATS server with JetStream by which several edges are one, as nats://user:password@host:port " +
        "or tls://…, those of a cluster by comma; when empty, this edge is alone",
      z.string(),
      "",
    ),
    fixed: true as const,
    secret: true as const,
  },
  edgeBusCredsPath: file(
    "File of credentials (.creds) that the NATS server is shown, in place of a user in EDGE_BUS_URL",
  ),
  edgeBusCertPath: file("PEM file of the authority of the NATS server's certificate"),
  edgeBusClientCertPath: file(
    "PEM file of this edge's own certificate, for a NATS server that asks for one",
  ),
  edgeBusClientKeyPath: file("PEM file of the key of that certificate"),
  edgeBusReplicas: {
    ...whole(
      "Servers of a NATS cluster that keep what edges leave there: of 3 one may die",
      1,
      5,
      1,
    ),
    fixed: true as const,
  },
};
