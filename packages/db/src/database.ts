/**
 * An open record. What it is made of stays inside this package: routers and pages know its functions, not its ORM.
 */
import type { Pool } from "pg";
import type { PrismaClient } from "./generated/client.js";

/** An open record; every function of this package takes one. */
export interface Database {
  close(): Promise<void>;
}

export interface Connections {
  /** For what PostgreSQL does best by itself: points of curves, filters, queues. */
  readonly pool: Pool;
  /** For records that are read and written one by one. */
  readonly prisma: PrismaClient;
}

const connections = new WeakMap<Database, Connections>();

export function createDatabase(made: Connections): Database {
  const database = {
    close: async () => {
      await made.prisma.$disconnect();
      await made.pool.end();
    },
  };
  connections.set(database, made);
  return database;
}

export function connectionsOf(database: Database): Connections {
  const found = connections.get(database);
  if (found === undefined) throw new TypeError("Expected a database that openDatabase returned.");
  return found;
}
