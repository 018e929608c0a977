/** An empty record for one test file. */
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import { openDatabase } from "../src/open-database.js";
import type { Database } from "../src/database.js";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of the cluster, without the database's name. */
    clusterUrl: string;
  }
}

export interface TestDatabase {
  readonly database: Database;
  readonly url: string;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const url = await createEmptyDatabase();
  return { url, database: await openDatabase({ home: "/nowhere", url }) };
}

/** @returns the URL of a database without tables. */
export async function createEmptyDatabase(): Promise<string> {
  const clusterUrl = inject("clusterUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const client = new Client({ connectionString: `${clusterUrl}/postgres` });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return `${clusterUrl}/${name}`;
}
