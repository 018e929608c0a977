/**
 * Links by which people make an account. A dashboard that nobody has an account of prints one at its start; those that
 * administrators make are for others. Of a link's secret only its hash is kept.
 */
import { createHash, randomBytes } from "node:crypto";
import type { PoolClient } from "pg";
import { connectionsOf, type Database } from "../database.js";
import { inTransaction } from "../in-transaction.js";

export type InvitedRole = "admin" | "user";

/** A link that is none, is too old, was used or was revoked. */
export class InvitationError extends Error {
  override readonly name = "InvitationError";
}

const INVITATION_DAYS = 7;

/** @returns the secret of its link, which nobody can read again. */
export async function createInvitation(database: Database, role: InvitedRole): Promise<string> {
  return inTransaction(database, (client) => addInvitation(client, { role, isSetup: false }));
}

/**
 * The link for the first account, in place of those of earlier starts.
 * @returns its secret; null where somebody has an account.
 */
export async function createSetupInvitation(database: Database): Promise<string | null> {
  return inTransaction(database, async (client) => {
    await lockInvitations(client);
    await deleteSetupInvitations(client);
    const { rowCount: isSetUp } = await client.query("SELECT FROM auth_user LIMIT 1");
    return isSetUp ? null : addInvitation(client, { role: "admin", isSetup: true });
  });
}

async function addInvitation(
  client: PoolClient,
  { role, isSetup }: { role: InvitedRole; isSetup: boolean },
): Promise<string> {
  const secret = randomBytes(32).toString("base64url");
  await client.query(
    `INSERT INTO invitation (hash, role, is_setup, expires_at) VALUES ($1, $2, $3, now() + $4 * interval '1 day')`,
    [hashOf(secret), role, isSetup, INVITATION_DAYS],
  );
  return secret;
}

/**
 * Uses it up until the transaction's end, and for good if that is committed: whoever follows the same link, or another
 * setup link, waits until then.
 * @returns the role that it grants.
 * @throws {InvitationError}
 */
export async function useInvitation(client: PoolClient, secret: string): Promise<string> {
  await lockInvitations(client);
  const { rows } = await client.query<{ role: string }>(
    "UPDATE invitation SET used_at = now() WHERE hash = $1 AND used_at IS NULL AND expires_at > now() RETURNING role",
    [hashOf(secret)],
  );
  if (rows[0]) return rows[0].role;
  throw new InvitationError(
    "Expected the link of an invitation. Received: one that was used or revoked, or is older than " +
      `${INVITATION_DAYS} days. Ask an administrator for another.`,
  );
}

/** Those that nobody used. */
export async function deleteSetupInvitations(client: PoolClient): Promise<void> {
  await client.query("DELETE FROM invitation WHERE is_setup AND used_at IS NULL");
}

export interface InvitationRow {
  readonly id: string;
  readonly role: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Those that can still be followed, newest first. */
export async function listInvitations(database: Database): Promise<InvitationRow[]> {
  const invitations = await connectionsOf(database).prisma.invitation.findMany({
    where: { usedAt: null, expiresAt: { gt: new Date() } },
    orderBy: { createdAt: "desc" },
    take: 1000,
    select: { id: true, role: true, createdAt: true, expiresAt: true },
  });
  return invitations.map((invitation) => ({
    ...invitation,
    createdAt: invitation.createdAt.getTime(),
    expiresAt: invitation.expiresAt.getTime(),
  }));
}

/** Nothing happens if it was used, or revoked already. */
export async function revokeInvitation(database: Database, id: string): Promise<void> {
  await connectionsOf(database).prisma.invitation.deleteMany({ where: { id, usedAt: null } });
}

/** Until the transaction's end nobody else makes, uses or deletes one. */
async function lockInvitations(client: PoolClient): Promise<void> {
  await client.query("LOCK TABLE invitation IN SHARE ROW EXCLUSIVE MODE");
}

const hashOf = (secret: string) => createHash("sha256").update(secret).digest("hex");
