/** One embedded PostgreSQL for all tests of the package: each test makes a database of its own in it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { openCluster } from "../src/embedded/open-cluster.js";
import { placeCluster } from "../src/embedded/cluster-place.js";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), "convkit-db-"));
  const connection = await openCluster({ home, idleMs: 2000 });
  // As long as this connection lives, the cluster is needed.
  const client = new Client(connection);
  await client.connect();
  const { user, password, host, port } = connection;
  project.provide(
    "clusterUrl",
    `postgresql://${user}:${String(password)}@${encodeURIComponent(host!)}:${port}`,
  );
  return async () => {
    const { folder } = await placeCluster(home);
    const { rows } = await client.query<{ path: string }>("SELECT current_setting('data_directory') AS path");
    await client.end();
    await untilGone(join(rows[0]!.path, "postmaster.pid"));
    await rm(folder, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  };
}

async function untilGone(path: string): Promise<void> {
  const { existsSync } = await import("node:fs");
  const { setTimeout: sleep } = await import("node:timers/promises");
  for (let tries = 0; existsSync(path) && tries < 200; tries += 1) await sleep(50);
}
