/** People over a real database, with a clock that the test turns. @module */
import { Log, type LogEntry } from "../../src/base/log.ts";
import { migrations, openDatabase, openSqliteState, type State } from "../../src/db/mod.ts";
import { type Caller, createPeople, ownerBy, type Role } from "../../src/people/mod.ts";

/** Hashes as the program makes them, with next to no work. */
export const CHEAP = { ln: 4, r: 1, p: 1 };
export const PASSWORD = "correct horse battery";

export interface PeopleRig extends AsyncDisposable {
  state: State;
  people: ReturnType<typeof createPeople>;
  events: { type: string; data: Record<string, unknown> }[];
  entries: LogEntry[];
  /** Lets time go by. */
  pass(ms: number): void;
  now(): number;
}

export function rigOver(state: State, close: () => void | Promise<void> = () => {}): PeopleRig {
  let nowMs = Date.UTC(2026, 0, 5, 12);
  const events: PeopleRig["events"] = [];
  const entries: LogEntry[] = [];
  const people = createPeople({
    state,
    publish: (type, data) => void events.push({ type, data }),
    log: new Log((entry) => void entries.push(entry)),
    now: () => nowMs,
    cost: CHEAP,
  });
  return {
    state,
    people,
    events,
    entries,
    pass: (ms) => void (nowMs += ms),
    now: () => nowMs,
    [Symbol.asyncDispose]: async () => await close(),
  };
}

export function sqliteRig(): PeopleRig {
  const db = openDatabase(":memory:", migrations.edge);
  return rigOver(openSqliteState(db), () => db[Symbol.dispose]());
}

export const machine: Caller = ownerBy("local");

/** An account, signed in: its caller and its tokens. */
export async function join({ people }: PeopleRig, name: string, role: Role = "member") {
  const user = await people.accounts.create(machine, { name, password: PASSWORD, role });
  const signedIn = await people.signIn({ name, password: PASSWORD }, { address: "192.0.2.9" });
  const caller = (await people.authenticate(signedIn.accessToken))!;
  return { user, signedIn, caller };
}
