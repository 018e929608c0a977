/** The pages of sweeps in a browser: which there are, what a sweep has tried and found, and which way to go. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousViolations } from "./axe.js";
import { clientOf } from "./client-of.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { openBrowser, openPage, settled, visit } from "./open-browser.js";
import { seedRun } from "./seed-run.js";
import { untilTrue } from "./until-true.js";

/** The more, the better, but for the last, which diverged. */
const RATES = [0.02, 0.05, 0.1, 0.2, 0.4, 3];
const SWEEP = "20261126-000000-abcdef";

let home: string;
let dashboard: DashboardProcess;
let browser: Browser;
let ids: string[];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-sweeps-"));
  ids = await Promise.all(
    RATES.map((learningRate, index) =>
      seedRun(
        home,
        {
          model: "resnet9",
          name: `rates-${index + 1}`,
          peak: 0.7 + index / 20,
          seed: index,
          learningRate,
          optimizer: index % 2 ? "adamw" : "sgd",
          ...(learningRate > 1 && { status: "failed" as const, until: 0.01 }),
          tags: ["sweep:rates"],
          sweep: {
            id: SWEEP,
            name: "rates",
            trial: index + 1,
            metric: "val_accuracy",
            mode: "max",
            parameters: ["learningRate", "optimizer.name"],
          },
        },
        { endedAt: Date.UTC(2026, 10, 26, index), index },
      ),
    ),
  );
  // Of another folder, called the same, from before sweeps had ids.
  await seedRun(
    home,
    {
      model: "resnet9",
      name: "rates-1",
      peak: 0.99,
      seed: 9,
      learningRate: 0.01,
      sweep: {
        name: "rates",
        trial: 1,
        metric: "val_accuracy",
        mode: "max",
        parameters: ["learningRate"],
      },
    },
    { endedAt: Date.UTC(2026, 10, 25), index: RATES.length },
  );
  [dashboard, browser] = await Promise.all([startDashboard({ home }), openBrowser()]);
  const { runs } = clientOf(dashboard.url);
  await untilTrue(async () => (await runs.list.query({ limit: 1 })).total === RATES.length + 1);
  await untilTrue(async () => (await runs.byId.query(ids.at(-1)!)).status === "failed");
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

test("a sweep is found in the list, with its best trial, and opened from there", async () => {
  const { page, problems } = await openPage(browser, { url: dashboard.url });
  await visit(page, `${dashboard.url}/runs`);
  await page.getByRole("link", { name: "Sweeps" }).click();
  const tile = page.getByRole("link", { name: /^rates\s+6 trials/ });
  await tile.waitFor();
  const [sweep] = (await clientOf(dashboard.url).sweeps.list.query()).sweeps;
  expect(sweep!.best).toMatchObject({ runId: ids[4], name: "rates-5" });
  expect(await tile.innerText()).toMatch(/rates\s+6 trials\s+over learningRate, optimizer\.name/);
  expect(await tile.innerText()).toContain("1 failed");
  expect(await tile.innerText()).toContain(sweep!.best!.value!.toFixed(4));
  await tile.click();
  await page.getByRole("heading", { level: 1, name: "rates" }).waitFor();
  await page.getByRole("link", { name: "In the table of runs" }).click();
  const rows = page.getByRole("grid", { name: "Runs" }).locator("tbody th[scope='row']");
  await untilTrue(async () => (await rows.count()) === RATES.length);
  expect(problems).toEqual([]);
  await rows.first().getByRole("link").click();
  const link = page.getByRole("link", { name: /^rates, trial \d$/ });
  expect(await link.getAttribute("href")).toBe(`/sweeps/${SWEEP}`);
}, 60_000);

test("a sweep of the same name is another one", async () => {
  const { page, problems } = await openPage(browser, { url: dashboard.url });
  await visit(page, `${dashboard.url}/sweeps`);
  await page.getByRole("link", { name: /^rates\s+1 trial\s/ }).click();
  const names = page.getByRole("grid", { name: "Trials" }).locator("tbody th[scope='row']");
  await untilTrue(async () => (await names.count()) === 1);
  expect(new URL(page.url()).pathname).toBe("/sweeps/rates");
  expect(problems).toEqual([]);
}, 60_000);

test.each([
  { theme: "light", width: 1440 },
  { theme: "dark", width: 390 },
] as const)(
  "a sweep's page tells its trials, what matters and how to train the best, $theme at $width pixels",
  async ({ theme, width }) => {
    const { page, problems } = await openPage(browser, { url: dashboard.url, theme, width });
    await visit(page, `${dashboard.url}/sweeps/${SWEEP}`);
    const table = page.getByRole("grid", { name: "Trials" });
    const names = async () =>
      (await table.locator("tbody th[scope='row']").allInnerTexts()).map((name) => name.trim());
    await untilTrue(async () => (await names()).length === RATES.length);
    // The best first, and the one that failed last in either direction.
    expect(await names()).toEqual([
      expect.stringMatching(/^rates-5\s+best$/i),
      "rates-4",
      "rates-3",
      "rates-2",
      "rates-1",
      "rates-6",
    ]);
    await page.getByText(/^convkit train cifar10 .*--lr 0\.4 /).waitFor();
    expect(await page.getByText(/^convkit train cifar10 /).innerText()).not.toContain("sweep");

    const importance = page.getByRole("table", { name: "Importance of params for val_accuracy" });
    const rows = await importance.getByRole("row").allInnerTexts();
    // Of the five that came to an end the ranks of rate and accuracy are the same.
    expect(rows[1]).toMatch(/^learningRate\s[^]*\+1/);
    expect(rows.slice(1).map((row) => row.split(/\s/)[0])).toContain("optimizer.name");
    await page.getByText("6 of 6 runs").waitFor();

    if (width > 400) {
      // The highest rate, which diverged, or the lowest.
      await table.getByRole("button", { name: /^learningRate/ }).click();
      await untilTrue(async () => ["rates-1", "rates-6"].includes((await names())[0] ?? ""));
    }
    expect(await seriousViolations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
  },
  60_000,
);

test("scripts of a sweep's page weigh less than 300 KB, charts included", async () => {
  const { page } = await openPage(browser, { url: dashboard.url });
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    sizes.push(
      response.body().then(
        (bytes) => gzipSync(bytes).length,
        () => 0,
      ),
    );
  });
  await visit(page, `${dashboard.url}/sweeps/${SWEEP}`);
  await page.getByRole("grid", { name: "Trials" }).waitFor();
  await settled(page);
  const weight = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  console.log("script weight, gzipped", weight);
  expect(weight).toBeLessThan(300_000);
}, 60_000);

test("a sweep that is none is said to be none", async () => {
  const { page } = await openPage(browser, { url: dashboard.url });
  await visit(page, `${dashboard.url}/sweeps/nothing`);
  await page.getByText("There is nothing here").waitFor();
}, 60_000);
