/**
 * Who somebody is here, and what that lets them do: roles of people, scopes of their tokens.
 *
 * @module
 */

/** From the least to the most. */
export const roles = ["guest", "member", "owner"] as const;
export type Role = typeof roles[number];

/** What a token may be for. */
export const scopes = {
  read: "see what there is",
  play: "play it, rate it, keep one's place in it",
  edit: "change what the library says",
  manage: "drives, scans, jobs, settings",
  admin: "accounts, invitations, sharing, the audit log",
} as const;
export type Scope = keyof typeof scopes;
export const scopeNames = Object.keys(scopes) as [Scope, ...Scope[]];

export const scopesOf: Record<Role, readonly Scope[]> = {
  guest: ["read", "play"],
  member: ["read", "play"],
  owner: scopeNames,
};

/** Who asks. */
export interface Caller {
  /** By what: from this machine, the data folder's access token, a sign-in, a program's token. */
  readonly by: "local" | "key" | "session" | "token";
  readonly name: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  /** Whose ratings and places in films are theirs. */
  readonly libraryUser: string;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly tokenId?: string;
  readonly address?: string | undefined;
}

export interface Need {
  role: Role;
  scope: Scope;
}

/** Whether this caller may do what needs that much. */
export function mayUse(
  caller: Pick<Caller, "role" | "scopes">,
  { role, scope }: Need,
): boolean {
  return roles.indexOf(caller.role) >= roles.indexOf(role) && caller.scopes.includes(scope);
}

/** The person at this machine, and whoever has the data folder's token, are its owner. */
export function ownerBy(by: "local" | "key", address?: string): Caller {
  const name = by === "local" ? "this machine" : "access token";
  return { by, name, role: "owner", scopes: scopeNames, libraryUser: "owner", address };
}
