/**
 * The process that starts an embedded PostgreSQL, and stops it when no one needs it. It outlives whoever asked for
 * it, so that a dashboard, a command and a test can share one cluster in any order of coming and going, and it sees
 * that the last of them is gone even when that one was killed: PostgreSQL itself knows who is connected.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, openSync } from "node:fs";
import { chown, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { ClusterPlace } from "./cluster-place.js";
import { connectionOf } from "./connection-of.js";
import { EmbeddedDatabaseError } from "./embedded-database-error.js";
import { findBinaries, type PostgresBinaries } from "./postgres-binaries.js";
import { clearStaleLock, readPostmasterPid } from "./postmaster-lock.js";

export interface KeeperOptions {
  readonly place: ClusterPlace;
  /** How long nobody need be connected before PostgreSQL is stopped. */
  readonly idleMs: number;
}

const START_LIMIT_MS = 60_000;
const LAST_LINES = 8;

const SETTINGS = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "100",
  shared_buffers: "128MB",
  // A cluster of one: no replica reads its log.
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "512MB",
  // Compiling a query of milliseconds takes longer than running it.
  jit: "off",
  timezone: "UTC",
};

/**
 * Starts PostgreSQL, or takes charge of the one that runs; resolves once it answers, while it goes on being kept.
 * @throws {EmbeddedDatabaseError}
 */
export async function keepCluster({ place, idleMs }: KeeperOptions): Promise<{ ended: Promise<void> }> {
  const running = await readPostmasterPid(place.data);
  const postmaster = running ?? (await start(place));
  await untilItAnswers(place, postmaster);
  await writeFile(place.keeperFile, String(process.pid));
  return { ended: stopWhenIdle(place, idleMs) };
}

async function start(place: ClusterPlace): Promise<ChildProcess> {
  const binaries = await findBinaries(place);
  await checkVersion(place, binaries);
  if (!existsSync(place.data)) await initialize(place, binaries);
  await clearStaleLock(place.data);
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(place.log, "a");
  return spawn(binaries.postgres, ["-D", place.data, "-k", place.socket, ...settings], {
    ...place.user,
    cwd: place.folder,
    stdio: ["ignore", log, log],
    detached: true,
  });
}

/** @throws {EmbeddedDatabaseError} if another major version wrote the data. */
async function checkVersion({ data, folder }: ClusterPlace, { major }: PostgresBinaries): Promise<void> {
  if (!existsSync(data)) return;
  const found = Number.parseInt(await readFile(join(data, "PG_VERSION"), "utf8"), 10);
  if (found === major) return;
  throw new EmbeddedDatabaseError(
    `Expected a database of PostgreSQL ${major} in ${data}. Received: one of PostgreSQL ${found}, which another ` +
      "version of convkit wrote. Either go on with that version; or move the folder away and start again: all runs " +
      "are read anew from their journals, but notes, tags, saved views and model versions stay in the old " +
      `database, which a PostgreSQL ${found} of your own can open (pg_dump), or serve as DATABASE_URL. ` +
      `To move it away: mv ${data} ${join(folder, `data-${found}`)}`,
  );
}

/** Renamed into place when it is whole; where two processes do so at once, one of them does it in vain. */
async function initialize(place: ClusterPlace, { initdb }: PostgresBinaries): Promise<void> {
  const unfinished = `${place.data}.${process.pid}`;
  await writePassword(place);
  const options = [
    ["--username", "convkit"],
    ["--pwfile", place.passwordFile],
    ["--auth", "scram-sha-256"],
    ["--encoding", "UTF8"],
    ["--locale-provider", "builtin"],
    ["--builtin-locale", "C.UTF-8"],
    ["--locale", "C"],
  ];
  const child = spawn(initdb, ["--pgdata", unfinished, "--no-instructions", ...options.flat()], {
    ...place.user,
    cwd: place.folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr?.on("data", (text: Buffer) => (complaint += text.toString()));
  const failure = await new Promise<string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? null : complaint.trim() || `exit code ${code}`));
  });
  if (failure !== null) {
    await rm(unfinished, { recursive: true, force: true });
    throw new EmbeddedDatabaseError(
      `Expected to set up PostgreSQL in ${place.folder}. Received: ${failure}. ${WAYS_OUT}`,
    );
  }
  try {
    await rename(unfinished, place.data);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(place.data)) throw error;
  }
}

/** The first one stays: the cluster was, or is about to be, made with it. */
async function writePassword({ passwordFile, user }: ClusterPlace): Promise<void> {
  try {
    const file = await open(passwordFile, "wx", 0o600);
    await file.writeFile(randomBytes(24).toString("base64url"));
    await file.close();
    if (user) await chown(passwordFile, user.uid, user.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** @param postmaster a child that may die meanwhile, or the process id of one that ran before. */
async function untilItAnswers(place: ClusterPlace, postmaster: ChildProcess | number): Promise<void> {
  const child = typeof postmaster === "number" ? null : postmaster;
  let death: string | null = null;
  child?.once("error", (error) => (death = error.message));
  child?.once("exit", (code, signal) => (death = signal ?? `exit code ${code}`));
  for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit; await sleep(20)) {
    if (death !== null) {
      // Another keeper was faster, and its PostgreSQL has the lock.
      if ((await readPostmasterPid(place.data)) !== null) return untilItAnswers(place, 0);
      throw new EmbeddedDatabaseError(
        `Expected the embedded PostgreSQL in ${place.folder} to start. Received: ${String(death)}. ` +
          `The end of ${place.log}:\n${await lastLines(place.log)}\n${WAYS_OUT}`,
      );
    }
    if (await answers(place)) return;
  }
  throw new EmbeddedDatabaseError(
    `Expected the embedded PostgreSQL in ${place.folder} to answer within ${START_LIMIT_MS / 1000} s. ` +
      `The end of ${place.log}:\n${await lastLines(place.log)}\n${WAYS_OUT}`,
  );
}

const WAYS_OUT =
  "Is the disk full, or the folder not yours? DATABASE_URL names a PostgreSQL of your own instead " +
  "(postgresql://user:password@host/database).";

async function answers(place: ClusterPlace): Promise<boolean> {
  const client = new Client(await connectionOf(place));
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Watches over one connection of its own; when that breaks, PostgreSQL is down or going down. */
async function stopWhenIdle(place: ClusterPlace, idleMs: number): Promise<void> {
  const client = new Client({ ...(await connectionOf(place)), application_name: "convkit keeper" });
  let open = true;
  client.on("error", () => (open = false));
  client.on("end", () => (open = false));
  const stop = async () => {
    const postmaster = await readPostmasterPid(place.data);
    // A fast shutdown (PostgreSQL 18, section 18.5).
    if (postmaster !== null) process.kill(postmaster, "SIGINT");
  };
  process.once("SIGTERM", () => void stop());
  try {
    await client.connect();
    let idleSince = Date.now();
    while (open) {
      const { rows } = await client.query<{ others: number }>(COUNT_OTHERS);
      if ((rows[0]?.others ?? 0) > 0) idleSince = Date.now();
      if (Date.now() - idleSince >= idleMs) {
        await stop();
        break;
      }
      await sleep(Math.min(2000, idleMs / 2));
    }
  } catch {
    // The connection broke: there is nothing left to keep.
  }
  await client.end().catch(() => undefined);
  await rm(place.keeperFile, { force: true });
}

const COUNT_OTHERS = `
  SELECT count(*)::int AS others FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND application_name <> 'convkit keeper'`;

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
}
