/**
 * One smartctl at a time for each drive: one that was killed in the middle of a call on a dead disk
 * may stay for as long as the kernel waits, and another would only join it.
 *
 * @module
 */
import { CommandError, type Run } from "../../base/command.ts";

interface Turn {
  /** Resolves when the program has ended, or nobody waits for it any more. */
  over: Promise<void>;
  /** It was killed, and is still there. */
  isStuck: boolean;
}

/**
 * Gives each drive a `run` of its own, which waits while another program asks the drive, and refuses
 * while one is there that did not go when it was killed.
 */
export function oneAtATime(run: Run): (driveId: string) => Run {
  const turns = new Map<string, Turn>();
  return (driveId) => async (program, args, options = {}) => {
    for (let turn = turns.get(driveId); turn; turn = turns.get(driveId)) {
      if (turn.isStuck) {
        throw new CommandError(`Cannot run "${program}": the last one hangs in the kernel still`);
      }
      await turn.over;
      options.signal?.throwIfAborted();
    }
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const turn: Turn = { over, isStuck: false };
    turns.set(driveId, turn);
    let isGone = false;
    const end = () => {
      isGone = true;
      if (turns.get(driveId) === turn) turns.delete(driveId);
    };
    const onEnd = () => {
      end();
      options.onEnd?.();
    };
    try {
      const output = await run(program, args, { ...options, onEnd });
      end();
      return output;
    } catch (error) {
      // It was never started, or it has ended by itself.
      const { missing, code } = error instanceof CommandError ? error.details : {};
      if (missing === true || code !== undefined) end();
      turn.isStuck = !isGone;
      throw error;
    } finally {
      resolve();
    }
  };
}
