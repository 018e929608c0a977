/** A run of the command line that is killed: the page says so and offers to go on, and both ways of going on work. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, type Client } from "./client-of.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { openBrowser, openPage, visit } from "./open-browser.js";
import { makePhotoFolder } from "./photo-folder.js";
import { CONVKIT, startTrainer, type TrainerProcess } from "./trainer-process.js";
import { untilTrue } from "./until-true.js";

const DASHBOARD = fileURLToPath(new URL("../dist/main.js", import.meta.url));

let home: string;
let photos: string;
let dashboard: DashboardProcess;
let client: Client;
let browser: Browser;
let trainer: TrainerProcess | undefined;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-lost-"));
  photos = await makePhotoFolder(join(home, "photos"), 20);
  [dashboard, browser] = await Promise.all([
    startDashboard({ home, flags: ["--worker", CONVKIT, "--heartbeat", "10"] }),
    openBrowser(),
  ]);
  client = clientOf(dashboard.url);
}, 300_000);

afterAll(async () => {
  await trainer?.kill();
  await browser?.close();
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

async function listed(): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [DASHBOARD, "runs", "list", "--filter", "status = lost", "--json"],
    { env: { ...process.env, CONVKIT_HOME: home } },
  );
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { id: string }).id);
}

test("a run that was killed is lost, and goes on from its checkpoint, here and from the page", async () => {
  const long = ["--epochs", "100000", "--batch-size", "16", "--engine", "native"];
  trainer = startTrainer(home, ["train", photos, "--model", "simple-cnn", ...long]);
  await untilTrue(async () => (await client.runs.list.query({})).total === 1);
  const id = (await client.runs.list.query({})).runs[0]!.id;
  const run = () => client.runs.byId.query(id);
  // From here on there is a checkpoint.
  const reaches = (attempt: number, epochs: number) =>
    untilTrue(async () => {
      const now = await run();
      return now.attempt === attempt && now.status === "running" && now.epoch >= epochs;
    });
  await reaches(1, 3);
  expect(await listed()).toEqual([]);
  await trainer.kill();
  await untilTrue(async () => (await run()).status === "lost");
  const lost = await run();
  expect(lost.reason).toContain("gone without a last word");
  expect(lost.endedAt).toBe(lost.lastEventAt);
  expect(await listed()).toEqual([id]);

  trainer = startTrainer(home, ["resume", id]);
  await reaches(2, lost.epoch + 3);
  expect(await run()).toMatchObject({ reason: "", endedAt: null });
  await trainer.kill();
  await untilTrue(async () => (await run()).status === "lost");

  const { page } = await openPage(browser, dashboard);
  await visit(page, `${dashboard.url}/runs/${id}`);
  await page.getByText("lost", { exact: true }).first().waitFor();
  const before = await run();
  await page.getByRole("button", { name: "Resume" }).click();
  await reaches(3, before.epoch + 1);
  const [job] = (await client.jobs.list.query({})).jobs;
  expect(job).toMatchObject({ runId: id, state: "active", claim: { fence: 1 } });
  await client.jobs.end.mutate({ id: job!.id, action: "stop" });
  await untilTrue(async () => {
    const { status, judgedSplits } = await run();
    return status === "stopped" && judgedSplits.includes("test");
  });
  const { attempts } = await run();
  expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  for (const { fromStep } of attempts.slice(1)) expect(fromStep).toBeGreaterThan(0);
  expect(dashboard.complaints()).toBe("");
}, 300_000);
