/** The built dashboard over a seeded home, as a user starts it, and a client that asks it what the page should show. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { clientOf, type Client } from "./client-of.js";
import { startDashboard } from "./dashboard-process.js";
import { openBrowser } from "./open-browser.js";
import { seedHome, seedRuns, type SeededHome, type SeededRun } from "./seed-home.js";
import { seedInspection } from "./seed-inspection.js";
import type { RunPlan } from "./seed-run.js";
import { seedThumbnails } from "./seed-thumbnails.js";
import { untilTrue } from "./until-true.js";

export interface ServedDashboard<Run extends string = SeededRun> extends SeededHome<Run> {
  readonly url: string;
  readonly client: Client;
  /** Ends the server, as Ctrl-C does. */
  stop(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
  /** Ends it and deletes the home. */
  close(): Promise<void>;
}

/** Over the home that pages are tried on. */
export async function serveDashboard(): Promise<ServedDashboard> {
  const served = await serve(seedHome);
  await seedThumbnails(served.home, "cifar10");
  await seedInspection(served.home, "cifar10");
  return served;
}

/** Over a test's own runs, the first one the oldest. */
export function serveRuns<Run extends string>(
  plans: Readonly<Record<Run, RunPlan>>,
): Promise<ServedDashboard<Run>> {
  return serve((home) => seedRuns(home, plans));
}

export interface DashboardInBrowser<Run extends string> {
  readonly served: ServedDashboard<Run>;
  readonly browser: Browser;
}

/** Before a file's first test and until after its last one; there are no fields outside of them. */
export function dashboardInBrowser<Run extends string>(
  open: () => Promise<ServedDashboard<Run>>,
): DashboardInBrowser<Run> {
  const both: { served?: ServedDashboard<Run>; browser?: Browser } = {};
  beforeAll(async () => {
    [both.served, both.browser] = await Promise.all([open(), openBrowser()]);
  }, 300_000);
  afterAll(async () => {
    await both.browser?.close();
    await both.served?.close();
  });
  return both as DashboardInBrowser<Run>;
}

async function serve<Run extends string>(
  seed: (home: string) => Promise<SeededHome<Run>>,
): Promise<ServedDashboard<Run>> {
  const home = await mkdtemp(join(tmpdir(), "convkit-pages-"));
  const seeded = await seed(home);
  let dashboard = await startDashboard({ home });
  const { url } = dashboard;
  const client = clientOf(url);
  const served: ServedDashboard<Run> = {
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
  return served;
}

async function isIngested({ home, client, ids }: ServedDashboard<string>): Promise<boolean> {
  const { total } = await client.runs.list.query({ limit: 1 });
  if (total < Object.keys(ids).length) return false;
  const areIn = await Promise.all(
    Object.values(ids).map(async (id) => {
      const [{ judgedSplits }, { artifacts }, journal] = await Promise.all([
        client.runs.byId.query(id),
        client.runs.artifacts.query({ runId: id }),
        readFile(join(home, "runs", id, "events.jsonl"), "utf8"),
      ]);
      const saved = journal.split("\n").filter((line) => line.includes('"type":"artifactSaved"'));
      return (
        artifacts.length >= saved.length &&
        artifacts.every(({ stored, path }) => stored || path.startsWith("checkpoints/")) &&
        (judgedSplits.includes("test") || !artifacts.some(({ path }) => path === "predictions.bin"))
      );
    }),
  );
  return areIn.every(Boolean);
}
