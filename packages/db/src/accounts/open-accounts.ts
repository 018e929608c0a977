/**
 * People who sign in, where the dashboard is bound to more than this machine: Better Auth hashes passwords, keeps
 * sessions in cookies and limits the rate of guesses. Nobody makes an account but by a link: the first start prints one
 * for an administrator, who makes more for others.
 */
import { randomUUID } from "node:crypto";
import type { BetterAuthOptions } from "better-auth";
import type { PoolClient } from "pg";
import { connectionsOf, type Database } from "../database.js";
import { inTransaction } from "../in-transaction.js";
import { deleteSetupInvitations, useInvitation } from "./invitations.js";

export interface Accounts {
  /** Answers `/api/auth/*`. */
  handle(request: Request): Promise<Response>;
  /** @returns null if nobody is signed in by these headers. */
  findUser(headers: Headers): Promise<SignedInUser | null>;
  /** @throws {InvitationError} @throws {AccountError} */
  acceptInvitation(invitation: AcceptedInvitation): Promise<void>;
}

export interface SignedInUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly isAdmin: boolean;
}

export interface AcceptedInvitation {
  /** Of the link. */
  readonly secret: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export interface AccountsOptions {
  /** Signs the cookies; 32 characters or more. */
  readonly secret: string;
  /** Where people reach the dashboard, such as https://convkit.example.org. */
  readonly baseUrl: string;
}

/** There is an account of that address, or the password is too short. */
export class AccountError extends Error {
  override readonly name = "AccountError";
}

const SHORTEST_PASSWORD = 10;
const LONGEST_PASSWORD = 128;

export async function openAccounts(
  database: Database,
  { secret, baseUrl }: AccountsOptions,
): Promise<Accounts> {
  // Half of this package's time to load, for what a dashboard on its own machine does without.
  const [{ betterAuth }, { prismaAdapter }] = await Promise.all([
    import("better-auth"),
    import("better-auth/adapters/prisma"),
  ]);
  const { prisma } = connectionsOf(database);
  const auth = betterAuth({
    appName: "convkit",
    secret,
    baseURL: baseUrl,
    basePath: "/api/auth",
    trustedOrigins: [new URL(baseUrl).origin],
    database: prismaAdapter(prisma, { provider: "postgresql" }),
    telemetry: { enabled: false },
    logger: { level: "error" },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: SHORTEST_PASSWORD,
      maxPasswordLength: LONGEST_PASSWORD,
    },
    user: {
      modelName: "authUser",
      additionalFields: { role: { type: "string", defaultValue: "user", input: false } },
    },
    session: { modelName: "authSession", expiresIn: 30 * 24 * 3600 },
    account: { modelName: "authAccount" },
    verification: { modelName: "authVerification" },
    rateLimit: { enabled: true, customRules: { "/sign-in/email": { window: 60, max: 10 } } },
    advanced: {
      useSecureCookies: baseUrl.startsWith("https:"),
      defaultCookieAttributes: { sameSite: "strict", httpOnly: true },
      cookiePrefix: "convkit",
    },
  } satisfies BetterAuthOptions);

  return {
    handle: (request) => auth.handler(request),

    findUser: async (headers) => {
      const session = await auth.api.getSession({ headers });
      if (!session) return null;
      const { id, name, email } = session.user;
      return { id, name, email, isAdmin: session.user.role === "admin" };
    },

    acceptInvitation: async ({ secret: linkSecret, name, email, password }) => {
      if (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD) {
        throw new AccountError(
          `Expected a password of ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters. Received: ${password.length}.`,
        );
      }
      const { password: hashing } = await auth.$context;
      const person = { name, address: email.trim().toLowerCase() };
      await inTransaction(database, async (client) => {
        // First of all: whoever has no invitation learns nothing of who has an account.
        const role = await useInvitation(client, linkSecret);
        await addPerson(client, { ...person, role, passwordHash: await hashing.hash(password) });
        await deleteSetupInvitations(client);
      });
    },
  };
}

interface NewPerson {
  readonly name: string;
  readonly address: string;
  readonly role: string;
  /** By Better Auth. */
  readonly passwordHash: string;
}

/**
 * What Better Auth writes for somebody who signs up with a password
 * (https://www.better-auth.com/docs/concepts/database), in the transaction that uses up the invitation.
 * @throws {AccountError}
 */
async function addPerson(
  client: PoolClient,
  { name, address, role, passwordHash }: NewPerson,
): Promise<void> {
  const id = randomUUID();
  const { rowCount } = await client.query(
    `INSERT INTO auth_user (id, name, email, email_verified, role) VALUES ($1, $2, $3, true, $4)
     ON CONFLICT (email) DO NOTHING`,
    [id, name, address, role],
  );
  if (!rowCount) {
    throw new AccountError(`Expected an address without an account. Received: ${address}, which has one.`);
  }
  await client.query(
    `INSERT INTO auth_account (id, account_id, provider_id, user_id, password) VALUES ($1, $2, 'credential', $2, $3)`,
    [randomUUID(), id, passwordHash],
  );
}

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly createdAt: number;
}

/** By name. */
export async function listPeople(database: Database): Promise<PersonRow[]> {
  const people = await connectionsOf(database).prisma.authUser.findMany({
    orderBy: { name: "asc" },
    take: 1000,
    select: { id: true, name: true, email: true, role: true, createdAt: true },
  });
  return people.map((person) => ({ ...person, createdAt: person.createdAt.getTime() }));
}

/** The last administrator stays. @throws {AccountError} */
export async function deletePerson(database: Database, id: string): Promise<void> {
  const { prisma } = connectionsOf(database);
  const others = await prisma.authUser.count({ where: { role: "admin", id: { not: id } } });
  if (others === 0)
    throw new AccountError("Expected another administrator to be left. Received: the last one.");
  await prisma.authUser.deleteMany({ where: { id } });
}
