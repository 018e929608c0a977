import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../open-database.js";
import { placeCluster, type ClusterPlace } from "./cluster-place.js";
import { openCluster } from "./open-cluster.js";
import { readPostmasterPid } from "./postmaster-lock.js";

/** A slow machine takes its time between being told where to connect and doing it. */
const IDLE_MS = 1000;
const WITHIN = { timeout: 60_000, interval: 50 };

const folders: string[] = [];
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) {
    const place = await placeCluster(folder);
    await untilStopped(place);
    await rm(place.folder, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
});

async function makeHome(...parts: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "convkit-home-"));
  const home = join(folder, ...parts);
  await mkdir(home, { recursive: true });
  folders.push(home);
  return home;
}

async function untilStopped({ data }: ClusterPlace): Promise<void> {
  await vi.waitFor(async () => expect(await readPostmasterPid(data)).toBeNull(), WITHIN);
}

async function ask(home: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(await openCluster({ home, idleMs: IDLE_MS }));
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("openCluster", () => {
  it("starts a PostgreSQL, stops it when nobody is connected, and finds everything again", async () => {
    const home = await makeHome();
    await ask(home, "CREATE TABLE kept AS SELECT 42 AS answer");
    const place = await placeCluster(home);
    await untilStopped(place);
    expect(existsSync(place.keeperFile)).toBe(false);
    expect(await ask(home, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("keeps it running while someone is connected, also when that one is killed in the end", async () => {
    const home = await makeHome();
    const place = await placeCluster(home);
    const program = `
      import { openCluster } from ${JSON.stringify(new URL("../../dist/open-cluster.js", import.meta.url).href)};
      import pg from "pg";
      const client = new pg.Client(await openCluster({ home: ${JSON.stringify(home)}, idleMs: ${IDLE_MS} }));
      await client.connect();
      await client.query("CREATE TABLE mine (n int)");
      process.stdout.write("connected\\n");
      for (let n = 0; ; n += 1) await client.query("INSERT INTO mine VALUES ($1)", [n]);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd: import.meta.dirname,
    });
    children.push(child);
    await once(child.stdout, "data");
    const pid = await readPostmasterPid(place.data);
    expect(pid).not.toBeNull();
    // Longer than it waits for somebody to need it.
    await vi.waitFor(async () => {
      const [row] = await ask(
        home,
        "SELECT extract(epoch FROM now() - pg_postmaster_start_time())::float8 AS age",
      );
      expect(row!["age"]).toBeGreaterThan((3 * IDLE_MS) / 1000);
    }, WITHIN);
    expect(await readPostmasterPid(place.data)).toBe(pid);
    child.kill("SIGKILL");
    await untilStopped(place);
  });

  it("gives several processes that start at once the same server", async () => {
    const home = await makeHome();
    const open = async () => {
      const client = new Client(await openCluster({ home, idleMs: IDLE_MS }));
      await client.connect();
      return client;
    };
    // All stay until the last is there: the server may stop once nobody is connected.
    const clients = await Promise.all(Array.from({ length: 4 }, open));
    const answers = await Promise.all(
      clients.map((client) => client.query("SELECT pg_postmaster_start_time()::text AS started")),
    );
    await Promise.all(clients.map((client) => client.end()));
    expect(new Set(answers.map(({ rows }) => rows[0].started)).size).toBe(1);
  });

  it("starts after a crash, over the lock of a process number that another program has by now", async () => {
    const home = await makeHome();
    await ask(home, "CREATE TABLE kept AS SELECT 42 AS answer");
    const place = await placeCluster(home);
    const postmaster = await readPostmasterPid(place.data);
    process.kill(postmaster!, "SIGKILL");
    await untilStopped(place);
    // PostgreSQL itself believes a living process of its own user.
    const other = spawn("sleep", ["600"], { ...place.user, stdio: "ignore" });
    children.push(other);
    const lock = await readFile(join(place.data, "postmaster.pid"), "utf8");
    await writeFile(join(place.data, "postmaster.pid"), lock.replace(/^\d+/, String(other.pid)));
    expect(await ask(home, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("goes on being stopped when its keeper was killed", async () => {
    const home = await makeHome();
    const place = await placeCluster(home);
    const client = new Client(await openCluster({ home, idleMs: IDLE_MS }));
    await client.connect();
    const keeper = Number(await readFile(place.keeperFile, "utf8"));
    process.kill(keeper, "SIGKILL");
    // A signal takes its time, and who has ended counts as alive until its parent has heard of it.
    await vi.waitFor(() => expect(() => process.kill(keeper, 0)).toThrow("ESRCH"), WITHIN);
    expect(await ask(home, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await client.end();
    await untilStopped(place);
  });

  it("finds a short path for the socket of a deep home, and one with spaces", async () => {
    const home = await makeHome("a folder with spaces", "deep".repeat(30));
    expect(await ask(home, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    const { socket } = await placeCluster(home);
    expect(Buffer.byteLength(join(socket, ".s.PGSQL.5432"))).toBeLessThanOrEqual(107);
  });

  it("does not bring the database of a deleted home back", async () => {
    const home = await makeHome();
    await ask(home, "CREATE TABLE kept AS SELECT 42 AS answer");
    const before = await placeCluster(home);
    await untilStopped(before);
    await rm(home, { recursive: true });
    await expect(ask(home, "SELECT answer FROM kept")).rejects.toThrow("does not exist");
    const after = await placeCluster(home);
    if (after.folder !== before.folder) await rm(before.folder, { recursive: true });
  });

  it("says the way out of a database that another major version wrote", async () => {
    const home = await makeHome();
    const place = await placeCluster(home);
    await mkdir(place.data, { recursive: true });
    await writeFile(join(place.data, "PG_VERSION"), "15\n");
    await expect(openDatabase({ home })).rejects.toThrow(
      /Expected a database of PostgreSQL 18 .* Received: one of PostgreSQL 15, .* To move it away: mv /s,
    );
  });

  it("says why it cannot start, with the end of PostgreSQL's own log", async () => {
    const home = await makeHome();
    await ask(home, "SELECT 1 AS one");
    const place = await placeCluster(home);
    await untilStopped(place);
    await rm(join(place.data, "global", "pg_control"));
    await expect(openDatabase({ home })).rejects.toThrow(
      /Received: exit code .*pg_control.*DATABASE_URL names/s,
    );
  });

  it("lets no other user reach the data or the password", async () => {
    const home = await makeHome();
    await ask(home, "SELECT 1 AS one");
    const place = await placeCluster(home);
    for (const path of [place.folder, place.socket, place.data]) {
      expect((await stat(path)).mode & 0o077).toBe(0);
    }
    expect((await stat(place.passwordFile)).mode & 0o077).toBe(0);
  });
});
