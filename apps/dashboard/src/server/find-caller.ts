/** Who calls: a worker by its token, a user by their session, or the user of this machine. */
import type { IncomingMessage } from "node:http";
import type { ApiContext, Caller } from "@convkit/api";
import { findApiToken } from "@convkit/db";

/** Whoever reaches a server that is bound to a loopback address is its user. */
const LOCAL_USER: Caller = { kind: "user", id: "local", name: "you", isAdmin: true };

/** @returns null for a token that is none or was revoked, and where nobody is signed in. */
export async function findCaller(
  { headers }: IncomingMessage,
  { database, accounts, home }: Pick<ApiContext, "database" | "accounts" | "home">,
): Promise<Caller | null> {
  const { authorization, cookie } = headers;
  if (authorization !== undefined) {
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    const found = token === undefined ? null : await findApiToken(database, token);
    return (
      found && {
        kind: "worker",
        tokenId: found.id,
        name: found.name,
        isLocal: found.localHome === home,
      }
    );
  }
  if (!accounts) return LOCAL_USER;
  if (cookie === undefined) return null;
  const user = await accounts.findUser(new Headers({ cookie }));
  return user && { kind: "user", id: user.id, name: user.name, isAdmin: user.isAdmin };
}
