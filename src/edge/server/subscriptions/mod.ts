/**
 * Waiting for titles.
 *
 * @module
 */
export { type Subscription, SubscriptionStore } from "./store.ts";
export {
  type Available,
  MAX_TTL_HOURS,
  type NewSubscription,
  Subscriptions,
} from "./subscriptions.ts";
