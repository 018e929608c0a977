/** The one way to the record: the embedded PostgreSQL of a home, or the server that a URL names. */
import { PrismaPg } from "@prisma/adapter-pg";
import { Pool, type PoolConfig } from "pg";
import { createDatabase, type Database } from "./database.js";
import { openCluster } from "./embedded/open-cluster.js";
import { revivingClient } from "./embedded/reviving-client.js";
import { PrismaClient } from "./generated/client.js";
import { migrate } from "./migrate.js";

export interface OpenDatabaseOptions {
  /** Absolute path of CONVKIT_HOME, where the embedded database lies. */
  readonly home: string;
  /** postgresql://user:password@host/database; the embedded database if left out. */
  readonly url?: string | undefined;
  /** How long nobody need be connected before the embedded PostgreSQL is stopped, in milliseconds. Default 15,000. */
  readonly idleMs?: number;
}

/** No answer from the server that DATABASE_URL names. */
export class DatabaseUnreachableError extends Error {
  override readonly name = "DatabaseUnreachableError";
}

const TRIES = 3;
const MOST_CONNECTIONS = 12;

/**
 * Opens the record and brings its tables up to date.
 * @throws {EmbeddedDatabaseError} if the embedded database cannot be started.
 * @throws {DatabaseUnreachableError} if the server of `url` does not answer.
 * @throws {MigrationError} if a newer convkit has changed the tables.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const pool = await connect(options);
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return createDatabase({ pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) });
}

async function connect({ home, url, idleMs }: OpenDatabaseOptions): Promise<Pool> {
  const cluster = { home, ...(idleMs !== undefined && { idleMs }) };
  // An embedded server may be stopping at the moment at which it is found.
  for (let attempt = 1; ; attempt += 1) {
    const connection: PoolConfig =
      url === undefined
        ? { ...(await openCluster(cluster)), Client: revivingClient(cluster) }
        : { connectionString: url };
    // Connections are kept while nobody asks: an embedded server stays as long as someone is connected.
    const pool = new Pool({
      ...connection,
      max: MOST_CONNECTIONS,
      idleTimeoutMillis: 0,
      application_name: "convkit",
    });
    // An idle connection that breaks is replaced by the next query; that query says what is wrong.
    pool.on("error", () => undefined);
    // So does one that breaks while a transaction has it; without a listener the process would end.
    pool.on("connect", (client) => client.on("error", () => undefined));
    try {
      (await pool.connect()).release();
      return pool;
    } catch (cause) {
      await pool.end();
      if (url === undefined && attempt < TRIES) continue;
      const server = url === undefined ? "the embedded PostgreSQL" : withoutPassword(url);
      throw new DatabaseUnreachableError(
        `Expected ${server} to answer. Received: ${(cause as Error).message}. ` +
          "Without DATABASE_URL convkit uses a PostgreSQL of its own.",
        { cause },
      );
    }
  }
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.password = "";
    return parsed.href;
  } catch {
    return "a URL such as postgresql://user:password@host/database";
  }
}
