/**
 * Several edges as one.
 *
 * @module
 */
export type { Bus } from "./bus/bus.ts";
export { createEmbeddedBus } from "./bus/embedded.ts";
export { type NatsOptions, openNatsBus } from "./bus/nats.ts";
export type { GivenCommand } from "./commands/desk.ts";
export {
  type CommandAnswer,
  type CommandPayload,
  type CommandType,
  commandTypes,
  readCommand,
  writeCommand,
} from "./commands/kinds.ts";
export type { CommandRow } from "./commands/store.ts";
export { openRouting, type Routing } from "./routing.ts";
