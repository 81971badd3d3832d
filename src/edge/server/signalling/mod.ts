/**
 * How a viewer and the peer that holds a title find each other.
 *
 * @module
 */
export { iceServersFor, type IceSettings, turnCredentials, type TurnServers } from "./ice.ts";
export type { PeerReach } from "./reach.ts";
export { type EdgeStreamInfo, OWNER, toInfo } from "./stream.ts";
export { type OpenedStream, type StreamRequest, Streams } from "./streams.ts";
export { answerWebRTC, endViewers } from "./webrtc.ts";
