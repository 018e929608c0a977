/** Workers and the tokens that they show. */
import { createHash, randomBytes } from "node:crypto";
import { WorkerDescription } from "@convkit/schema";
import { connectionsOf, type Database } from "../database.js";
import { storableText } from "../ingest/storable-event.js";
import { strangeWorker, type TokenHolder } from "./token-rights.js";

export interface WorkerRow {
  readonly description: WorkerDescription;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Name of the token that it last came with; null: the local worker. */
  readonly token: string | null;
  /** Jobs that it holds. */
  readonly activeJobs: number;
}

/**
 * A worker that comes again is the same one, as it says itself now. With another token it may come once its former one
 * was revoked; to the server's own machine everything is allowed, and only that is given what the local worker had.
 * @throws {TokenRightsError}
 */
export async function registerWorker(
  database: Database,
  description: WorkerDescription,
  { tokenId, isLocal }: TokenHolder,
): Promise<void> {
  const { rowCount } = await connectionsOf(database).pool.query(
    `INSERT INTO worker (id, description, token_id) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET description = excluded.description, token_id = excluded.token_id, last_seen_at = now()
     WHERE $4 OR worker.token_id IS NOT DISTINCT FROM excluded.token_id OR EXISTS (
       SELECT FROM api_token WHERE id = worker.token_id AND revoked_at IS NOT NULL AND local_home IS NULL)`,
    [description.id, storableText(JSON.stringify(description)), tokenId, isLocal],
  );
  if (!rowCount) throw strangeWorker(description.id);
}

export async function sawWorker(database: Database, id: string): Promise<void> {
  await connectionsOf(database).pool.query("UPDATE worker SET last_seen_at = now() WHERE id = $1", [id]);
}

/** The last seen first. */
export async function listWorkers(database: Database): Promise<WorkerRow[]> {
  const { rows } = await connectionsOf(database).pool.query<
    Omit<WorkerRow, "description"> & { description: unknown }
  >(
    `SELECT description, extract(epoch FROM first_seen_at)::float8 * 1000 AS "firstSeenAt",
       extract(epoch FROM last_seen_at)::float8 * 1000 AS "lastSeenAt",
       (SELECT name FROM api_token WHERE id = worker.token_id) AS token,
       (SELECT count(*)::int FROM job_claim AS claim JOIN job ON job.id = claim.job_id
        WHERE claim.worker_id = worker.id AND job.state = 'active'
          AND claim.fence = (SELECT max(fence) FROM job_claim WHERE job_id = job.id)) AS "activeJobs"
     FROM worker ORDER BY last_seen_at DESC LIMIT 500`,
  );
  return rows.map((row) => ({ ...row, description: WorkerDescription.parse(row.description) }));
}

export interface ApiTokenRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

/** @returns the token, which nobody can read again. */
export async function createApiToken(
  database: Database,
  name: string,
): Promise<{ id: string; token: string }> {
  return addApiToken(database, name, null);
}

/**
 * A token for the worker that comes with a dashboard, in place of those of earlier starts: one that was killed has not
 * revoked its own.
 * @param home absolute path of the dashboard's CONVKIT_HOME.
 */
export async function createLocalToken(
  database: Database,
  home: string,
): Promise<{ id: string; token: string }> {
  await connectionsOf(database).prisma.apiToken.updateMany({
    where: { localHome: home, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  return addApiToken(database, "the local worker", home);
}

async function addApiToken(
  database: Database,
  name: string,
  localHome: string | null,
): Promise<{ id: string; token: string }> {
  const token = `convkit_${randomBytes(32).toString("base64url")}`;
  const { id } = await connectionsOf(database).prisma.apiToken.create({
    data: { name: storableText(name), hash: hashOf(token), localHome },
    select: { id: true },
  });
  return { id, token };
}

/** Newest first. */
export async function listApiTokens(database: Database): Promise<ApiTokenRow[]> {
  const tokens = await connectionsOf(database).prisma.apiToken.findMany({
    orderBy: { createdAt: "desc" },
    take: 1000,
    select: { id: true, name: true, createdAt: true, lastUsedAt: true, revokedAt: true },
  });
  return tokens.map((token) => ({
    ...token,
    createdAt: token.createdAt.getTime(),
    lastUsedAt: token.lastUsedAt?.getTime() ?? null,
    revokedAt: token.revokedAt?.getTime() ?? null,
  }));
}

/** Nothing happens if it is revoked already. */
export async function revokeApiToken(database: Database, id: string): Promise<void> {
  await connectionsOf(database).prisma.apiToken.updateMany({
    where: { id, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}

export interface FoundToken {
  readonly id: string;
  readonly name: string;
  /** CONVKIT_HOME of the dashboard whose local worker's it is; null for one that somebody made. */
  readonly localHome: string | null;
}

/** @returns null for a token that is none, or was revoked. */
export async function findApiToken(database: Database, token: string): Promise<FoundToken | null> {
  const { rows } = await connectionsOf(database).pool.query<FoundToken>(
    `UPDATE api_token SET last_used_at = now() WHERE hash = $1 AND revoked_at IS NULL
     RETURNING id, name, local_home AS "localHome"`,
    [hashOf(token)],
  );
  return rows[0] ?? null;
}

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");
