/** REST as browsers and programs on other machines ask it. @module */
import type { Role } from "../../../src/people/mod.ts";
import { ownerBy } from "../../../src/people/mod.ts";
import { openRig, type RigOptions, TOKEN } from "../rig.ts";

export const LAN = "192.168.1.7";
export const HERE = "http://192.168.1.2:8080";
export const PASSWORD = "correct horse battery";
export { TOKEN };

export interface Asking {
  /** Sent as `Authorization: Bearer …`. */
  bearer?: string;
  cookie?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** undefined: over no network, as the program itself. */
  from?: string;
  base?: string;
}

export function openPeopleRig(options: RigOptions = {}) {
  const rig = openRig(options);
  const ask = async (call: string, asking: Asking = {}) => {
    const [method = "GET", path = ""] = call.split(" ");
    const { bearer, cookie, body, base = HERE, from = LAN } = asking;
    const headers = new Headers(asking.headers);
    if (bearer !== undefined) headers.set("authorization", `Bearer ${bearer}`);
    if (cookie !== undefined) headers.set("cookie", cookie);
    if (body !== undefined) headers.set("content-type", "application/json");
    const init = { method, headers, ...body !== undefined && { body: JSON.stringify(body) } };
    return await rig.api.request(base + path, init, { remoteAddress: from });
  };
  return {
    ...rig,
    ask,
    /** The status of an answer that nobody reads. */
    status: async (call: string, asking?: Asking) => {
      const answer = await ask(call, asking);
      await answer.body?.cancel();
      return answer.status;
    },
    /** An account of that role, signed in by REST. */
    async join(name: string, role: Role) {
      const user = await rig.people.accounts.create(ownerBy("local"), {
        name,
        password: PASSWORD,
        role,
      });
      const answer = await ask("POST /api/sessions", { body: { name, password: PASSWORD } });
      const { access_token, refresh_token, session_id } = await answer.json();
      return {
        id: user.id,
        bearer: String(access_token),
        refresh: String(refresh_token),
        sessionId: String(session_id),
      };
    },
    [Symbol.dispose]: () => rig[Symbol.dispose](),
  };
}

/** What a browser would send back of an answer's cookies. */
export function cookiesOf(answer: Response): string {
  return answer.headers.getSetCookie().map((it) => it.split(";")[0]!).join("; ");
}
