/**
 * How many event streams and sockets one account may have open: each costs memory, and work whenever
 * something happens.
 *
 * @module
 */
import { UnavailableError } from "../../../base/errors.ts";
import type { Caller } from "../../../people/mod.ts";

/** Every tab of every browser in a house. */
export const MAX_OF_ACCOUNT = 100;

export type Places = ReturnType<typeof createPlaces>;

export function createPlaces() {
  const taken = new Map<string, number>();
  return {
    /**
     * A place until it is given back. This machine and the data folder's token are no accounts.
     *
     * @throws {UnavailableError} this account has as many as it may
     */
    take({ userId }: Pick<Caller, "userId">): Disposable {
      if (userId === undefined) return { [Symbol.dispose]: () => {} };
      const count = taken.get(userId) ?? 0;
      if (count >= MAX_OF_ACCOUNT) {
        const state = `this account listens ${count} times already`;
        throw new UnavailableError(`Cannot tell events: ${state}. Close some of them`, { count });
      }
      taken.set(userId, count + 1);
      let isBack = false;
      return {
        [Symbol.dispose]: () => {
          if (isBack) return;
          isBack = true;
          const left = taken.get(userId)! - 1;
          if (left > 0) taken.set(userId, left);
          else taken.delete(userId);
        },
      };
    },
  };
}
