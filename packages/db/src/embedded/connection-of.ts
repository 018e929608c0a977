/** How to connect to the PostgreSQL of a place. */
import { readFile } from "node:fs/promises";
import type { ClientConfig } from "pg";
import type { ClusterPlace } from "./cluster-place.js";

/** The database that every cluster has from the start. */
const DATABASE = "postgres";

/** @throws {Error} ENOENT, while the cluster was never set up. */
export async function connectionOf({ socket, passwordFile }: ClusterPlace): Promise<ClientConfig> {
  return {
    host: socket,
    port: 5432,
    user: "convkit",
    password: await readFile(passwordFile, "utf8"),
    database: DATABASE,
  };
}
