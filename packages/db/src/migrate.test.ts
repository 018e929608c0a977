import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Pool } from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { createEmptyDatabase } from "../test/test-database.js";
import { migrate, MigrationError } from "./migrate.js";
import { openDatabase } from "./open-database.js";

const pools: Pool[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function emptyPool(): Promise<{ pool: Pool; url: string }> {
  const url = await createEmptyDatabase();
  const pool = new Pool({ connectionString: url });
  pools.push(pool);
  return { pool, url };
}

const OURS = fileURLToPath(new URL("../prisma/migrations", import.meta.url));

/** The migrations of this version, and others behind them. */
async function migrationsAnd(others: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "convkit-migrations-"));
  folders.push(folder);
  await cp(OURS, folder, { recursive: true });
  for (const [name, sql] of Object.entries(others)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "migration.sql"), sql);
  }
  return folder;
}

/** The migrations that are older than this one. */
async function migrationsBefore(name: string): Promise<string> {
  const folder = await migrationsAnd({});
  const entries = await readdir(folder, { withFileTypes: true });
  const later = entries.filter((entry) => entry.isDirectory() && entry.name >= name);
  await Promise.all(later.map((entry) => rm(join(folder, entry.name), { recursive: true })));
  return folder;
}

/** Everything that Prisma's schema speaks of, in an order of its own. */
async function shapeOf(pool: Pool): Promise<Record<string, unknown[]>> {
  const ask = async (sql: string) => (await pool.query<Record<string, unknown>>(sql)).rows;
  return {
    columns: await ask(
      `SELECT table_name, column_name, column_default, is_nullable, data_type, udt_name, datetime_precision
       FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations' ORDER BY 1, 2`,
    ),
    indexes: await ask(
      `SELECT tablename, indexname, indexdef FROM pg_indexes
       WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1, 2`,
    ),
    constraints: await ask(
      `SELECT conrelid::regclass::text AS "table", conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
         AND conrelid::regclass::text <> '_prisma_migrations' AND contype <> 'n' ORDER BY 1, 2`,
    ),
    enums: await ask(
      `SELECT typname, array_agg(enumlabel ORDER BY enumsortorder) AS labels
       FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid GROUP BY typname ORDER BY 1`,
    ),
  };
}

describe("migrate", () => {
  it("makes the tables that prisma/schema.prisma describes", async () => {
    const [migrated, described] = [await emptyPool(), await emptyPool()];
    await migrate(migrated.pool);
    const { schemaToSql } = (await import(
      pathToFileURL(fileURLToPath(new URL("../scripts/schema-to-sql.mjs", import.meta.url))).href
    )) as { schemaToSql: (connection: object) => Promise<string> };
    await described.pool.query(await schemaToSql({ connectionString: described.url }));
    const [found, expected] = [await shapeOf(migrated.pool), await shapeOf(described.pool)];
    for (const part of Object.keys(expected)) expect(found[part]).toEqual(expected[part]);
    expect(expected["columns"]!.length).toBeGreaterThan(100);
  });

  it("does nothing the second time", async () => {
    const { pool } = await emptyPool();
    await migrate(pool);
    const before = await pool.query("SELECT * FROM _prisma_migrations ORDER BY migration_name");
    await migrate(pool);
    const after = await pool.query("SELECT * FROM _prisma_migrations ORDER BY migration_name");
    expect(after.rows).toEqual(before.rows);
    const names = (await readdir(OURS, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    expect(before.rows).toHaveLength(names.length);
  });

  it("is done once when several processes begin at once", async () => {
    const { url, pool } = await emptyPool();
    const program = `
      import { openDatabase } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
      const database = await openDatabase({ home: "/nowhere", url: ${JSON.stringify(url)} });
      await database.close();`;
    const codes = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
          cwd: import.meta.dirname,
          stdio: "inherit",
        });
        const [code] = (await once(child, "exit")) as [number];
        return code;
      }),
    );
    expect(codes).toEqual([0, 0, 0, 0, 0]);
    const { rows } = await pool.query("SELECT migration_name FROM _prisma_migrations ORDER BY 1");
    expect(new Set(rows.map((row: { migration_name: string }) => row.migration_name)).size).toBe(rows.length);
  });

  it("goes on from an older database, and keeps what is in it", async () => {
    const { pool } = await emptyPool();
    await migrate(pool);
    await pool.query("INSERT INTO experiment (name) VALUES ('kept')");
    const more = await migrationsAnd({
      "20991231000000_more": "ALTER TABLE experiment ADD COLUMN color text",
    });
    await migrate(pool, more);
    const { rows } = await pool.query("SELECT name, color FROM experiment");
    expect(rows).toEqual([{ name: "kept", color: null }]);
  });

  it("finds the probabilities that galleries read for predictions that are there already", async () => {
    const { pool } = await emptyPool();
    await migrate(pool, await migrationsBefore("20261127010000_probabilities_of_galleries"));
    await pool.query(
      `INSERT INTO experiment (name) VALUES ('e');
       INSERT INTO run (id, experiment_id, name, status, config, model_name, dataset_name, epochs)
         SELECT 'r', id, 'r', 'completed', '{}', 'm', 'd', 1 FROM experiment;
       INSERT INTO prediction (run_id, split, class_names, picture_ids, labels, predictions, probabilities) VALUES
         ('r', 'test', '{cat,dog}', '{a,b,c}', '{0,0,-1}', '{0,1,1}', '{0.75,0.25,0.125,0.875,NaN,Infinity}'),
         ('r', 'empty', '{cat,dog}', '{}', '{}', '{}', '{}');
       INSERT INTO prediction (run_id, split, class_names, report) VALUES ('r', 'reported', '{cat,dog}', '{}')`,
    );
    await migrate(pool);
    const { rows } = await pool.query(
      "SELECT split, prediction_probabilities AS predicted, label_probabilities AS labels FROM prediction ORDER BY 1",
    );
    expect(rows).toEqual([
      { split: "empty", predicted: [], labels: [] },
      { split: "reported", predicted: null, labels: null },
      { split: "test", predicted: [0.75, 0.875, Infinity], labels: [0.75, 0.125, null] },
    ]);
  });

  it("refuses a database that a newer convkit changed, and says the way out", async () => {
    const { pool, url } = await emptyPool();
    const more = await migrationsAnd({
      "20991231000000_more": "ALTER TABLE experiment ADD COLUMN color text",
    });
    await migrate(pool, more);
    const error = await openDatabase({ home: "/nowhere", url }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(MigrationError);
    expect((error as Error).message).toMatch(
      /^Expected a database of this convkit, whose last migration is \d+_\w+\. Received: one with 20991231000000_more, which a newer convkit applied\. Update @convkit\/dashboard, or name another database\.$/,
    );
  });

  it("refuses another program's database", async () => {
    const { pool } = await emptyPool();
    const folder = await mkdtemp(join(tmpdir(), "convkit-migrations-"));
    folders.push(folder);
    await mkdir(join(folder, "20200101000000_init"));
    await writeFile(join(folder, "20200101000000_init", "migration.sql"), "CREATE TABLE customer (id int)");
    await migrate(pool, folder);
    await expect(migrate(pool)).rejects.toThrow(
      /Received: 20200101000000_init .* another program's database\?/,
    );
    const { rows } = await pool.query("SELECT to_regclass('run') AS run");
    expect(rows).toEqual([{ run: null }]);
  });

  it("leaves the database as it was where a migration fails, and applies it when it is mended", async () => {
    const { pool } = await emptyPool();
    await migrate(pool);
    await pool.query("INSERT INTO experiment (name) VALUES ('kept')");
    const before = await shapeOf(pool);
    const broken = await migrationsAnd({
      "20991231000000_half":
        "CREATE TABLE half (id int); ALTER TABLE experiment ADD COLUMN color text; UPDATE experiment SET name = 'x'; SELECT 1 / 0;",
    });
    await expect(migrate(pool, broken)).rejects.toThrow(
      "Expected migration 20991231000000_half to apply. Received: division by zero. The database is as it was before it.",
    );
    expect(await shapeOf(pool)).toEqual(before);
    expect((await pool.query("SELECT name FROM experiment")).rows).toEqual([{ name: "kept" }]);
    // Nobody else waits for a lock.
    await migrate(pool);
    const mended = await migrationsAnd({ "20991231000000_half": "CREATE TABLE half (id int)" });
    await migrate(pool, mended);
    expect((await pool.query("SELECT * FROM half")).rows).toEqual([]);
  });
});
