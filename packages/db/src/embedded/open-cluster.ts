/** A connection to a home's embedded PostgreSQL, which is started when none runs. */
import { fork } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Client, type ClientConfig } from "pg";
import { placeCluster, type ClusterPlace } from "./cluster-place.js";
import { connectionOf } from "./connection-of.js";
import { EmbeddedDatabaseError } from "./embedded-database-error.js";
import type { KeeperMessage } from "./keeper-process.js";

export interface OpenClusterOptions {
  /** Absolute path of the home. */
  readonly home: string;
  /** How long nobody need be connected before PostgreSQL is stopped. Default 15,000. */
  readonly idleMs?: number;
}

const TRIES = 3;

/**
 * @returns what to connect with. The server runs as long as someone is connected, and a while longer.
 * @throws {EmbeddedDatabaseError} if it cannot be started.
 */
export async function openCluster({ home, idleMs = 15_000 }: OpenClusterOptions): Promise<ClientConfig> {
  if (process.platform === "win32") {
    throw new EmbeddedDatabaseError(
      "Expected Linux or macOS, where convkit brings its own PostgreSQL. Received: Windows. Let DATABASE_URL name a " +
        "PostgreSQL of your own (postgresql://user:password@host/database), or use WSL.",
    );
  }
  const place = await placeCluster(home);
  // The one that is found may be about to stop: then there is a next try.
  for (let attempt = 1; ; attempt += 1) {
    const isRunning = await canConnect(place);
    if (isRunning && (await hasKeeper(place))) return connectionOf(place);
    try {
      await startKeeper(place, idleMs);
      return await connectionOf(place);
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}

async function canConnect(place: ClusterPlace): Promise<boolean> {
  let client: Client | undefined;
  try {
    client = new Client(await connectionOf(place));
    client.on("error", () => undefined);
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client?.end().catch(() => undefined);
  }
}

async function hasKeeper({ keeperFile }: ClusterPlace): Promise<boolean> {
  try {
    process.kill(Number.parseInt(await readFile(keeperFile, "utf8"), 10), 0);
    return true;
  } catch {
    return false;
  }
}

function startKeeper(place: ClusterPlace, idleMs: number): Promise<void> {
  const script = createRequire(import.meta.url).resolve("@convkit/db/keeper-process");
  const child = fork(script, [JSON.stringify({ place, idleMs })], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    cwd: place.user === null ? place.folder : "/",
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    const fail = (message: string) => reject(new EmbeddedDatabaseError(message));
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) =>
      fail(
        `Expected the embedded PostgreSQL in ${place.folder} to start. Received: ${signal ?? `exit code ${code}`}.`,
      ),
    );
    child.once("message", (message: KeeperMessage) => {
      if (message.type === "failed") return fail(message.message);
      child.unref();
      resolve();
    });
  });
}
