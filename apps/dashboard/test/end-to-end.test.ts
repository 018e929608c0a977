/** From a form to a judged network and back to nothing: the whole path, with a real worker, in a browser. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, type Client } from "./client-of.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { openBrowser, openPage, visit, type WatchedPage } from "./open-browser.js";
import { makePhotoFolder } from "./photo-folder.js";
import { untilTrue } from "./until-true.js";

const CONVKIT = fileURLToPath(new URL("../../trainer/dist/cli.js", import.meta.url));

let home: string;
let photos: string;
let dashboard: DashboardProcess;
let client: Client;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-end-to-end-"));
  photos = await makePhotoFolder(join(home, "my photos"), 60);
  [dashboard, browser] = await Promise.all([
    startDashboard({ home, flags: ["--worker", CONVKIT] }),
    openBrowser(),
  ]);
  client = clientOf(dashboard.url);
  watched = await openPage(browser, dashboard);
  ({ page } = watched);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

const at = (path: string) => `${dashboard.url}${path}`;

/** Fills the form and sends it. @returns the run's id. */
async function startRun(name: string, epochs: number): Promise<string> {
  await visit(page, at("/runs/new"));
  await page.getByLabel("Data set", { exact: true }).fill(photos);
  await page.keyboard.press("Escape");
  await page.getByLabel("Name of the network", { exact: true }).fill("simple-cnn");
  await page.keyboard.press("Escape");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Epochs", { exact: true }).fill(String(epochs));
  await page.getByLabel("Batch size", { exact: true }).fill("16");
  await page.getByRole("button", { name: "Put into the queue" }).click();
  await page.waitForURL(/\/runs\/\d{8}-\d{6}-[0-9a-f]{6}/);
  return new URL(page.url()).pathname.split("/")[2]!;
}

const status = async (id: string) => (await client.runs.byId.query(id)).status;

test("a run that is started from the form appears live, grows, and is judged; two are compared, and one deleted", async () => {
  // The first answer of the local worker.
  await untilTrue(async () => (await client.jobs.workers.query()).length === 1);
  const first = await startRun("from the form", 12);
  await page.getByText("from the form").first().waitFor();

  // Its curve grows on the page, which is not loaded again.
  await page.getByRole("tab", { name: "Curves" }).click();
  const summary = page.locator("[data-chart='batch_loss'] table, [data-chart='loss'] table").first();
  await summary.waitFor({ state: "attached" });
  const early = await summary.innerText();
  await untilTrue(async () => (await summary.innerText()) !== early);
  await untilTrue(async () => (await status(first)) === "completed");
  await page.getByText("completed").first().waitFor();

  // The confusion matrix opens its pictures, which the local worker has made small meanwhile.
  await page.getByRole("tab", { name: "Evaluation" }).click();
  const report = await client.runs.report.query({ runId: first, split: "test" });
  const count = report!.confusionMatrix[0]![0]!;
  expect(count).toBeGreaterThan(0);
  await untilTrue(async () => {
    const [dataset] = (await client.datasets.list.query()).datasets;
    return dataset?.thumbnails === 180;
  });
  await page.locator("[data-cell='0,0']").click();
  const pictures = page.getByRole("dialog").getByRole("listitem");
  await untilTrue(async () => (await pictures.count()) === count);
  await untilTrue(() =>
    pictures
      .first()
      .locator("img")
      .evaluate((image) => (image as HTMLImageElement).naturalWidth === 16),
  );
  await page.keyboard.press("Escape");

  // The same worker has compared all pictures.
  const [known] = (await client.datasets.list.query()).datasets;
  const { inspection } = await client.datasets.byHash.query(known!.contentHash);
  expect(inspection?.sizes.mostFrequent).toEqual([{ height: 16, width: 16, count: 180 }]);

  // A second one, again with changes.
  const second = await startRun("a second one", 2);
  await untilTrue(async () => (await status(second)) === "completed");

  await visit(page, at("/runs"));
  await page.getByRole("checkbox", { name: "Select from the form" }).click();
  await page.getByRole("checkbox", { name: "Select a second one" }).click();
  await page.getByRole("button", { name: "Compare" }).click();
  await page.waitForURL(/\/compare\?runs=/);
  await page.getByRole("tab", { name: "Config" }).click();
  await page.getByRole("row", { name: /^epochs/ }).waitFor();

  const folder = join(home, "runs", second);
  expect(existsSync(folder)).toBe(true);
  await visit(page, at("/runs"));
  await page.getByRole("checkbox", { name: "Select a second one" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the run" }).click();
  await page.getByText(/^[\d.]+ [kM]B came back$/).waitFor();
  expect(existsSync(folder)).toBe(false);
  await expect(client.runs.byId.query(second)).rejects.toThrow("which was deleted");
  expect((await client.runs.list.query({})).runs.map(({ id }) => id)).toEqual([first]);

  expect(watched.foreign).toEqual([]);
  expect(watched.problems).toEqual([]);
  expect(dashboard.complaints()).toBe("");
}, 600_000);
