/** Staying signed in: the cookies are renewed when an answer says that they are over. @module */

let renewing: Promise<boolean> | undefined;

/**
 * Renews the cookies, once for all who ask meanwhile. Whoever has no session (any more) is led to
 * where one signs in; at an address that knows no accounts nothing happens.
 */
export function renewSession(): Promise<boolean> {
  renewing ??= renew().finally(() => renewing = undefined);
  return renewing;
}

async function renew(): Promise<boolean> {
  const answer = await fetch("api/sessions/refresh", { method: "POST" }).catch(() => undefined);
  if (answer?.status === 401 && (await fetch("login").catch(() => undefined))?.ok) {
    location.assign("login");
  }
  return answer?.ok === true;
}
