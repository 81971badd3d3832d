/**
 * Who asks now, for everything that a request sets going: kept beside the calls, not handed through
 * each of them.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { DeniedError } from "../../base/errors.ts";
import { type Caller, ownerBy } from "../../people/mod.ts";

const asking = new AsyncLocalStorage<Caller>();

export function runAs<T>(caller: Caller, work: () => T): T {
  return asking.run(caller, work);
}

/** Outside of any request it is the program itself. */
export function currentCaller(): Caller {
  return asking.getStore() ?? ownerBy("local");
}

/**
 * Whose ratings and places in films `?user=` means: one's own. The owner names anybody.
 *
 * @throws {DeniedError} it names another
 */
export function libraryUser(asked: string | undefined): string {
  const { role, libraryUser } = currentCaller();
  if (role === "owner") return asked ?? libraryUser;
  if (asked !== undefined && asked !== libraryUser) {
    throw new DeniedError("Cannot speak for another user: leave ?user= out");
  }
  return libraryUser;
}
