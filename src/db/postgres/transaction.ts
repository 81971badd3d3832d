/**
 * One transaction on a connection of its own, which may be lost at any moment of it.
 *
 * @module
 */
import { canRetry, isLost } from "./failures.ts";
import type { Client } from "./pool.ts";

/** Runs one statement, in time. */
export type Send = (
  client: Client,
  text: string,
  values?: (string | number | null | Uint8Array)[],
) => Promise<ArrayLike<unknown> & { count: number; command: string }>;

/** What belongs to a transaction is sent by this one. */
export type SendInside = (
  text: string,
  values: (string | number | null | Uint8Array)[],
) => ReturnType<Send>;

/** @throws {LostError} it was lost before its end: nothing of it is done */
export async function inTransaction<T>(
  client: Client,
  send: Send,
  work: (inside: SendInside) => Promise<T>,
): Promise<T> {
  await send(client, "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE").catch((error) => {
    throw asLost(error);
  });
  const { losses } = client;
  let failure: { error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error: client.losses === losses ? asLost(error) : new LostError() };
    return failure.error;
  };
  const inside: SendInside = async (text, values) => {
    // The library would make a new connection, where there is no transaction.
    if (failure || client.losses !== losses) throw fail(undefined);
    try {
      return await send(client, text, values);
    } catch (error) {
      throw fail(error);
    }
  };
  let result: T;
  try {
    result = await work(inside);
    // After a statement that failed PostgreSQL would take all of it back without a word.
    if (failure || client.losses !== losses) throw fail(undefined);
  } catch (error) {
    const why = fail(error);
    if (isLost(why)) client.drop();
    else await send(client, "ROLLBACK").catch(() => client.drop());
    throw why;
  }
  fail(new LostError());
  const { command } = await send(client, "COMMIT");
  if (command !== "COMMIT") throw new LostError();
  return result;
}

/** The connection was lost before the commit was asked for. */
export class LostError extends Error {
  readonly code = "TRANSACTION_LOST";
}

function asLost(error: unknown): unknown {
  return isLost(error) && !canRetry(error)
    ? new LostError("the connection was lost", { cause: error })
    : error;
}
