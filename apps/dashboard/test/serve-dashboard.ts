/** The built dashboard over a seeded home, as a user starts it, and a client that asks it what the page should show. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientOf, type Client } from "./client-of.js";
import { startDashboard } from "./dashboard-process.js";
import { seedHome, type SeededHome } from "./seed-home.js";
import { seedInspection } from "./seed-inspection.js";
import { seedThumbnails } from "./seed-thumbnails.js";
import { untilTrue } from "./until-true.js";

export interface ServedDashboard extends SeededHome {
  readonly url: string;
  readonly client: Client;
  /** Ends the server, as Ctrl-C does. */
  stop(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
  /** Ends it and deletes the home. */
  close(): Promise<void>;
}

export async function serveDashboard(): Promise<ServedDashboard> {
  const home = await mkdtemp(join(tmpdir(), "convkit-pages-"));
  const seeded = await seedHome(home);
  let dashboard = await startDashboard({ home });
  const { url } = dashboard;
  const client = clientOf(url);
  const served: ServedDashboard = {
    ...seeded,
    url,
    client,
    stop: () => dashboard.stop(),
    start: async () => {
      dashboard = await startDashboard({ home, port: Number(new URL(url).port) });
    },
    close: async () => {
      await dashboard.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
  await untilTrue(() => isIngested(served));
  await seedThumbnails(home, "cifar10");
  await seedInspection(home, "cifar10");
  return served;
}

async function isIngested({ client, ids }: ServedDashboard): Promise<boolean> {
  const { total } = await client.runs.list.query({ limit: 1 });
  if (total < Object.keys(ids).length) return false;
  const areIn = await Promise.all(
    Object.values(ids).map(async (id) => {
      const [{ judgedSplits }, { artifacts }] = await Promise.all([
        client.runs.byId.query(id),
        client.runs.artifacts.query({ runId: id }),
      ]);
      return (
        artifacts.every(({ stored, path }) => stored || path.startsWith("checkpoints/")) &&
        (judgedSplits.includes("test") || !artifacts.some(({ path }) => path === "predictions.bin"))
      );
    }),
  );
  return areIn.every(Boolean);
}
