/** The tab Insight on a run with documents of all kinds, on one with none, and on one whose documents are something else. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Projection, RobustnessReport } from "@convkit/schema";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousViolations } from "./axe.js";
import { clientOf } from "./client-of.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { openBrowser, openPage, visit } from "./open-browser.js";
import { cardOf, pictureId } from "./seed-dataset.js";
import { seedRun } from "./seed-run.js";
import { untilTrue } from "./until-true.js";

const { classNames } = cardOf("cifar10");
const ids = Array.from({ length: 40 }, (_, index) => pictureId(index));
const projection: Projection = {
  formatVersion: 1,
  split: "test",
  classNames: [...classNames],
  ids,
  labels: ids.map((_, index) => index % 10),
  pca: {
    x: ids.map((_, index) => index),
    y: ids.map((_, index) => (index * 7) % 11),
    explained: [0.5, 0.25],
  },
  neighbours: {
    split: "train",
    ids: ["train/a", "train/b"],
    labels: [0, 1],
    of: ids.map(() => [1, 0]),
    similarity: ids.map(() => [0.9, 0.5]),
  },
};
const robustness: RobustnessReport = {
  formatVersion: 1,
  split: "test",
  count: 40,
  seed: 0,
  accuracy: 0.9,
  corruptions: {
    scale: "cifar",
    byName: [{ name: "gaussian_noise", accuracies: [0.8, 0.7, 0.6, 0.5, 0.4] }],
    meanCorruptionError: 0.4,
    relativeMeanCorruptionError: 0.3,
  },
};

let home: string;
let dashboard: DashboardProcess;
let browser: Browser;
let known: string;
let plain: string;
let hostile: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-insight-"));
  const plan = { model: "resnet9", peak: 0.9, seed: 0 } as const;
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const endedAt = Date.UTC(2026, 10, 26);
  const files = {
    "artifacts/projection.json": json(projection),
    "artifacts/robustness.json": json(robustness),
  };
  known = await seedRun(home, { ...plan, name: "known", files }, { endedAt, index: 0 });
  plain = await seedRun(home, { ...plan, name: "plain" }, { endedAt, index: 1 });
  const bad = {
    "artifacts/projection.json": Buffer.from("{"),
    "artifacts/robustness.json": Buffer.alloc(1_200_001, " "),
  };
  hostile = await seedRun(home, { ...plan, name: "hostile", files: bad }, { endedAt, index: 2 });
  [dashboard, browser] = await Promise.all([startDashboard({ home }), openBrowser()]);
  const { runs } = clientOf(dashboard.url);
  await untilTrue(async () => (await runs.documents.robustness.query(known)).document !== null);
  await untilTrue(async () => (await runs.documents.robustness.query(hostile)).problem !== null);
  await untilTrue(async () => (await runs.artifacts.query({ runId: plain })).total > 0);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

test.each([
  { theme: "light", width: 1440 },
  { theme: "dark", width: 390 },
] as const)(
  "a point opens its picture, and that its neighbours, $theme at $width pixels",
  async ({ theme, width }) => {
    const { page } = await openPage(browser, { url: dashboard.url, theme, width });
    await visit(page, `${dashboard.url}/runs/${known}?tab=insight`);
    await page.getByText("gaussian noise").waitFor();
    const plot = page.getByRole("application", { name: /Pictures of test by PCA, 40 points/ });
    await plot.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(ids[0]!).waitFor();
    await dialog.getByRole("button", { name: /train\/b/ }).click();
    await dialog.getByText("Nearest test pictures, as the network sees them").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await seriousViolations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.context().close();
  },
  60_000,
);

test("what is not there says how it is asked for, what is something else says so", async () => {
  const { page } = await openPage(browser, { url: dashboard.url });
  await visit(page, `${dashboard.url}/runs/${plain}?tab=insight`);
  for (const command of ["review", "project", "robustness", "verify", "benchmark"])
    await page.getByText(`convkit ${command} ${plain}`, { exact: true }).waitFor();
  await page.getByText(`convkit explain ${plain} --sanity`, { exact: true }).waitFor();
  await visit(page, `${dashboard.url}/runs/${hostile}?tab=insight`);
  await page.getByText(/Expected in artifacts\/projection\.json what this version/).waitFor();
  await page.getByText(/Expected at most 1\.0 MB in artifacts\/robustness\.json/).waitFor();
}, 60_000);
