/**
 * Brings the tables up to date: Prisma's migrations, applied without Prisma's schema engine, whose download not every
 * network lets through. Forward only; each migration in one transaction with its row in `_prisma_migrations`, as
 * `prisma migrate deploy` writes it, so that Prisma's own tools understand the database.
 */
import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Pool, PoolClient } from "pg";
import { MIGRATION_LOCK } from "./locks.js";

/** The tables are not as this version of convkit knows them. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, in hex. */
  readonly checksum: string;
}

const MAKE_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id varchar(36) PRIMARY KEY,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`;

/**
 * Applies what is missing. Several processes may do so at once.
 * @param folder of migrations, each in a folder of its own. Default: this version's.
 * @throws {MigrationError} if the database has migrations that this version does not know, or other ones.
 */
export async function migrate(pool: Pool, folder: string = ownMigrations()): Promise<void> {
  const migrations = await readMigrations(folder);
  const client = await pool.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    try {
      await client.query(MAKE_TABLE);
      const { rows } = await client.query<{ name: string; checksum: string }>(
        "SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1",
      );
      checkHistory(migrations, rows);
      for (const migration of migrations.slice(rows.length)) await apply(client, migration);
    } finally {
      // On a broken connection the lock is gone already.
      await client.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`).catch(() => undefined);
    }
  } finally {
    client.release();
  }
}

async function apply(client: PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw new MigrationError(
      `Expected migration ${name} to apply. Received: ${(cause as Error).message}. The database is as it was before it.`,
      { cause },
    );
  }
}

function checkHistory(
  known: readonly Migration[],
  applied: readonly { name: string; checksum: string }[],
): void {
  for (const [index, { name, checksum }] of applied.entries()) {
    const expected = known[index];
    if (expected === undefined) {
      throw new MigrationError(
        `Expected a database of this convkit, whose last migration is ${known.at(-1)?.name}. Received: one with ` +
          `${name}, which a newer convkit applied. Update @convkit/dashboard, or name another database.`,
      );
    }
    if (expected.name !== name || expected.checksum !== checksum) {
      throw new MigrationError(
        `Expected ${expected.name} (${expected.checksum.slice(0, 8)}) as migration ${index + 1} of the database. ` +
          `Received: ${name} (${checksum.slice(0, 8)}). Does DATABASE_URL name another program's database?`,
      );
    }
  }
}

/** In the order of their names, which begin with their time. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

function ownMigrations(): string {
  const root = dirname(createRequire(import.meta.url).resolve("@convkit/db/package.json"));
  return join(root, "prisma", "migrations");
}
