/**
 * A relay of one's own.
 *
 * @module
 */
export { relayConfig, type RelaySettings, relayUrls } from "./config.ts";
export { type RelayOptions, runRelay } from "./relay.ts";
