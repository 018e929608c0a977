/**
 * People who sign in, where the dashboard is bound to more than this machine: Better Auth hashes passwords, keeps
 * sessions in cookies and limits the rate of guesses. Nobody makes an account but by a link: the first start prints one
 * for an administrator, who makes more for others.
 */
import { createHash, randomBytes } from "node:crypto";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { betterAuth, type BetterAuthOptions } from "better-auth";
import { connectionsOf, type Database } from "../database.js";

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

/** A link that is none, is too old, or was used. */
export class InvitationError extends Error {
  override readonly name = "InvitationError";
}

/** There is an account of that address, or the password is too short. */
export class AccountError extends Error {
  override readonly name = "AccountError";
}

const INVITATION_DAYS = 7;
const SHORTEST_PASSWORD = 10;
const LONGEST_PASSWORD = 128;

export function openAccounts(database: Database, { secret, baseUrl }: AccountsOptions): Accounts {
  const { prisma, pool } = connectionsOf(database);
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
      const address = email.trim().toLowerCase();
      const { internalAdapter, password: hashing } = await auth.$context;
      if (await internalAdapter.findUserByEmail(address)) {
        throw new AccountError(
          `Expected an address without an account. Received: ${address}, which has one.`,
        );
      }
      // Used first: of two who follow one link at once, one makes an account.
      const { rows } = await pool.query<{ role: string }>(
        "UPDATE invitation SET used_at = now() WHERE hash = $1 AND used_at IS NULL AND expires_at > now() RETURNING role",
        [hashOf(linkSecret)],
      );
      if (!rows[0]) {
        throw new InvitationError(
          "Expected the link of an invitation. Received: one that was used, or is older than " +
            `${INVITATION_DAYS} days. Ask an administrator for another.`,
        );
      }
      const user = await internalAdapter.createUser(
        { name, email: address, emailVerified: true, role: rows[0].role },
        { method: "email-password" },
      );
      await internalAdapter.linkAccount({
        userId: user.id,
        accountId: user.id,
        providerId: "credential",
        password: await hashing.hash(password),
      });
    },
  };
}

/** @returns the secret of its link, which nobody can read again. */
export async function createInvitation(database: Database, role: "admin" | "user"): Promise<string> {
  const secret = randomBytes(32).toString("base64url");
  await connectionsOf(database).prisma.invitation.create({
    data: {
      hash: hashOf(secret),
      role,
      expiresAt: new Date(Date.now() + INVITATION_DAYS * 24 * 3600 * 1000),
    },
  });
  return secret;
}

/** Whether nobody can sign in yet. */
export async function hasNoAccounts(database: Database): Promise<boolean> {
  return (await connectionsOf(database).prisma.authUser.count()) === 0;
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

const hashOf = (secret: string) => createHash("sha256").update(secret).digest("hex");
