/**
 * /api/streams: a viewer and a peer find each other, in JSON. /api/whep does the same in SDP.
 *
 * @module
 */
import { InvalidError } from "../../../base/errors.ts";
import { assertData } from "../../../base/text/sdp.ts";
import type { IceCandidate } from "../../../edge/mod.ts";
import { only } from "../../fields.ts";
import {
  createRoute,
  failures,
  IdParam,
  json,
  listRoute,
  removeRoute,
  router,
  z,
} from "../../router.ts";
import { Stream } from "../../schemas.ts";
import { iceServerBody, MAX_SDP, OPEN_MS, player, type ViewersPort, watcher } from "./port.ts";

const NewStream = z.object({
  catalog_id: z.string().min(1).max(200),
  sdp: z.string().min(1).max(MAX_SDP).optional().openapi({
    description: "The browser's WebRTC offer; without one the peer offers",
  }),
}).openapi("NewStream", {
  example: { catalog_id: "c6e1939d-d38f-4d23-9670-3e2deaf2ab98", sdp: "v=0\r\n…" },
});

const Candidate = z.object({
  candidate: z.string().max(1000),
  sdp_mid: z.string().max(100).default("0"),
  sdp_m_line_index: z.int().min(0).max(100).default(0),
}).openapi("StreamCandidate");

const Signals = z.object({
  sdp: z.string().min(1).max(MAX_SDP).optional().openapi({
    description: "The answer, where the peer has offered",
  }),
  candidates: z.array(Candidate).max(32).default([]),
}).openapi("StreamSignals", {
  example: {
    candidates: [{
      candidate: "candidate:1 1 udp 2122252543 192.0.2.1 50000 typ host",
      sdp_mid: "0",
      sdp_m_line_index: 0,
    }],
  },
});

const Signalled = z.object({
  candidates: z.array(Candidate).openapi({ description: "Of the peer, each told once" }),
}).openapi("StreamSignalled");

export function streams(port: ViewersPort) {
  const tags = ["streams"];
  return router()
    .openapi(
      listRoute(
        Stream.omit({ sdp: true, type: true, ice_servers: true }),
        tags,
        "Streams that this edge has arranged",
      ),
      (c) => {
        const { limit, cursor, fields } = c.req.valid("query");
        const from = Number(cursor ?? 0);
        if (!Number.isSafeInteger(from) || from < 0) {
          const message = 'Cannot read "cursor": take the one that the page before gave';
          throw new InvalidError(message, { field: "cursor" });
        }
        const all = port.streams(watcher().only).map(streamBody);
        const next = from + limit < all.length ? String(from + limit) : null;
        const items = all.slice(from, from + limit).map(only(fields));
        return c.json({ items, next_cursor: next }, 200);
      },
    )
    .openapi(
      createRoute({
        method: "post",
        path: "/",
        tags,
        summary: "Open a stream: the browser's offer in, the peer's answer out",
        description: "The film's bytes then flow over WebRTC, straight from the peer. Without an " +
          "offer, the peer's offer comes out, and PATCH takes the answer.",
        request: {
          body: { required: true, content: { "application/json": { schema: NewStream } } },
        },
        responses: { 201: json(Stream, "The stream"), ...failures },
      }),
      async (c) => {
        const { catalog_id: catalogId, sdp } = c.req.valid("json");
        if (sdp !== undefined) assertData(sdp, "take the offer");
        const request = { catalogId, ...player(), ...sdp !== undefined && { sdp } };
        const stream = await port.openStream(request, AbortSignal.timeout(OPEN_MS));
        const body = {
          ...streamBody({ ...stream, catalogId }),
          sdp: stream.sdp,
          type: sdp === undefined ? "offer" as const : "answer" as const,
          "ice_servers": (stream.iceServers ?? []).map(iceServerBody),
        };
        return c.json(body, 201, { location: `/api/streams/${stream.sessionId}` });
      },
    )
    .openapi(
      createRoute({
        method: "patch",
        path: "/{id}",
        tags,
        summary: "Exchange addresses, and the answer to a peer's offer",
        request: {
          params: IdParam,
          body: { required: true, content: { "application/json": { schema: Signals } } },
        },
        responses: { 200: json(Signalled, "What the peer has said meanwhile"), ...failures },
      }),
      async (c) => {
        const { id } = c.req.valid("param");
        const { only: viewer } = watcher();
        const { sdp, candidates } = c.req.valid("json");
        port.findStream(id, viewer);
        if (sdp !== undefined) await port.answerStream(id, sdp, viewer);
        for (const it of candidates) {
          await port.addCandidate({
            sessionId: id,
            candidate: it.candidate,
            sdpMid: it.sdp_mid,
            sdpMLineIndex: it.sdp_m_line_index,
          }, viewer);
        }
        return c.json({ candidates: port.takeCandidates(id, viewer).map(candidateBody) }, 200);
      },
    )
    .openapi(
      removeRoute(tags, "Close a stream", "It is closed"),
      (c) => {
        port.closeStream(c.req.valid("param").id, watcher().only);
        return c.body(null, 204);
      },
    );
}

function streamBody(it: { sessionId: string; catalogId: string; peerId: string }) {
  return { id: it.sessionId, catalog_id: it.catalogId, peer_id: it.peerId };
}

function candidateBody({ candidate, sdpMid, sdpMLineIndex }: IceCandidate) {
  return { candidate, sdp_mid: sdpMid, sdp_m_line_index: sdpMLineIndex };
}
