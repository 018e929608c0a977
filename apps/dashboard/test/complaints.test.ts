/**
 * What users of other dashboards complain of, over a record as large as theirs: 1,200 runs, and one of 120,000 steps
 * with a single spike.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ingestEvents, openDatabase } from "@convkit/db";
import { RunConfig, type TrainEvent } from "@convkit/schema";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { clientOf, type Client } from "./client-of.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { openBrowser, openPage, visit } from "./open-browser.js";
import { cardOf } from "./seed-dataset.js";
import { untilTrue } from "./until-true.js";

const RUNS = 1200;
/** The runs before this one learnt from a data set of their own each. */
const DATASETS = 70;
const LONG = { id: "long", steps: 120_000, spikeAt: 67_123, spike: 1234.5 };

let home: string;
let dashboard: DashboardProcess;
let client: Client;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-complaints-"));
  const database = await openDatabase({ home });
  for (let run = 0; run < RUNS; run += 1) await ingestEvents(database, shortRun(run));
  const long = longRun();
  for (let at = 0; at < long.length; at += 5000) await ingestEvents(database, long.slice(at, at + 5000));
  [dashboard, browser] = await Promise.all([startDashboard({ home }), openBrowser()]);
  await database.close();
  client = clientOf(dashboard.url);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

beforeEach(async () => {
  ({ page } = await openPage(browser, dashboard));
});
afterEach(() => page.context().close());

function runOf(
  { id, name, startedAt, contentHash }: { id: string; name: string; startedAt: number; contentHash?: string },
  bodies: readonly object[],
): TrainEvent[] {
  const started = {
    type: "runStarted",
    config: RunConfig.parse({ data: { source: "cifar10" }, model: "resnet9", epochs: 3, name }),
    dataset: { ...cardOf("cifar10"), ...(contentHash && { contentHash }) },
    engine: { name: "native", device: "a CPU", threads: 2, versions: {} },
    model: { name: "resnet9", parameters: 1000, trainableParameters: 1000, flops: 1000 },
    stepsPerEpoch: 1,
  };
  const ended = { type: "runEnded", status: "completed", reason: "all epochs are done" };
  return [started, ...bodies, ended].map(
    (body, sequence) =>
      ({ ...body, runId: id, attempt: 1, sequence, timestamp: startedAt + sequence * 100 }) as TrainEvent,
  );
}

const nameOf = (run: number) => `run ${String(run).padStart(4, "0")}`;

/** Best in its second of three epochs: 0.3 to 0.9 over the runs; last 0.1. */
function shortRun(run: number): TrainEvent[] {
  const best = 0.3 + (0.6 * run) / (RUNS - 1);
  const startedAt = Date.UTC(2026, 0, 1) + run * 60_000;
  return runOf(
    {
      id: `run-${run}`,
      name: nameOf(run),
      startedAt,
      ...(run < DATASETS && { contentHash: String(run).padStart(64, "0") }),
    },
    [0.2, best, 0.1].map((accuracy, index) => ({
      type: "epochEnded",
      epoch: index + 1,
      step: index + 1,
      logs: { val_accuracy: accuracy, val_loss: 1 - accuracy },
      durationMs: 50,
    })),
  );
}

function longRun(): TrainEvent[] {
  const steps = Array.from({ length: LONG.steps }, (_, index) => ({
    type: "step",
    epoch: 1,
    step: index + 1,
    logs: { loss: index + 1 === LONG.spikeAt ? LONG.spike : 1 + Math.sin(index / 40) / 4 },
    imagesPerSecond: 1000,
  }));
  return runOf({ id: LONG.id, name: "the long one", startedAt: Date.UTC(2026, 1, 1) }, steps);
}

const table = () => page.getByRole("grid", { name: "Runs" });
const rows = () => table().locator("tbody tr[aria-rowindex]");

test("the table shows the best value and can show the last beside it (mlflow #6348)", async () => {
  await visit(
    page,
    `${dashboard.url}/runs?q=0599&cols=name,best.val_accuracy,last.val_accuracy,best.val_loss`,
  );
  await untilTrue(async () => (await rows().count()) === 1);
  const best = 0.3 + (0.6 * 599) / (RUNS - 1);
  const cells = await rows().first().innerText();
  expect(cells).toContain(best.toFixed(4));
  expect(cells).toContain("0.1000");
  // Of a loss the lowest is the best.
  expect(cells).toContain((1 - best).toFixed(4));
});

test("1,200 runs are one table that stays small in the document, from the first to the last (mlflow #21841, tensorboard #1013)", async () => {
  await visit(page, `${dashboard.url}/runs?sort=-best.val_accuracy&q=run`);
  await untilTrue(async () => (await table().getAttribute("aria-rowcount")) === String(RUNS + 1));
  expect(await rows().first().innerText()).toContain(nameOf(RUNS - 1));
  expect(await rows().count()).toBeLessThan(80);
  await rows()
    .first()
    .click({ position: { x: 200, y: 10 }, modifiers: ["Shift"] });
  await page.keyboard.press("End");
  await rows()
    .filter({ hasText: nameOf(0) })
    .waitFor();
  expect(await rows().count()).toBeLessThan(80);
});

test("a logarithmic x axis (tensorboard #1147)", async () => {
  await visit(page, `${dashboard.url}/runs/${LONG.id}?tab=curves`);
  const loss = page.locator("[data-chart='loss']");
  const stepInTheMiddle = async () => {
    const over = loss.locator(".u-over");
    await over.waitFor();
    const box = await over.boundingBox();
    // Drawn anew in between.
    if (box === null) return NaN;
    const { width, height } = box;
    await over.hover({ position: { x: 5, y: 5 } });
    await over.hover({ position: { x: Math.round(width / 2), y: Math.round(height / 2) } });
    const text = await loss.locator("p", { hasText: /^step/ }).innerText();
    return Number(text.replace(/^step\s+/, "").replaceAll(/[^\d.]/g, ""));
  };
  await loss.locator("canvas").first().waitFor();
  const linear = await stepInTheMiddle();
  expect(linear).toBeGreaterThan(LONG.steps * 0.47);
  expect(linear).toBeLessThan(LONG.steps * 0.53);
  await page.getByRole("switch", { name: "Log x" }).click();
  await page.waitForURL(/logx=1/);
  // The middle between the first and the last step is their geometric mean.
  await untilTrue(async () => (await stepInTheMiddle()) < 1000);
  const middle = await stepInTheMiddle();
  expect(middle).toBeGreaterThan(Math.sqrt(LONG.steps) / 2);
  expect(middle).toBeLessThan(Math.sqrt(LONG.steps) * 2);
});

test("a spike of one step among 120,000 is drawn, and every point can be saved (wandb #4177)", async () => {
  await visit(page, `${dashboard.url}/runs/${LONG.id}?tab=curves`);
  const loss = page.locator("[data-chart='loss']");
  await loss.locator("canvas").first().waitFor();
  const summary = loss.getByRole("table", { name: "loss" });
  // The chart stands before its curve is here.
  await summary.filter({ hasText: /1[,.]?23\d/ }).waitFor({ state: "attached" });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    loss.getByRole("button", { name: "Save all 120,000 points as CSV" }).click(),
  ]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines).toHaveLength(LONG.steps + 1);
  expect(lines[LONG.spikeAt]).toBe(`batch_loss,${LONG.spikeAt},${LONG.spike},`);
});

test("smoothing is computed on all points and not on those that are drawn (tensorboard #6829)", async () => {
  const read = async (points: number) => {
    const query = { runIds: [LONG.id], keys: ["batch_loss"], smoothing: 0.9, points };
    const [series] = await client.runs.series.query(query);
    return series!;
  };
  const [drawn, all] = await Promise.all([read(500), read(LONG.steps)]);
  expect(all.x).toHaveLength(LONG.steps);
  expect(drawn.x.length).toBeLessThanOrEqual(500);
  const smoothedAt = new Map(Array.from(all.x, (x, index) => [x, all.smoothed![index]]));
  expect(Array.from(drawn.smoothed!)).toEqual(Array.from(drawn.x, (x) => smoothedAt.get(x)));
});

test("a gallery that has grown long is drawn at once, and goes on by the keyboard (aim #2180)", async () => {
  await visit(page, `${dashboard.url}/datasets`);
  const tiles = page.locator("a[href^='/datasets/']");
  await tiles.first().waitFor();
  expect(await tiles.count()).toBe(60);
  await page.getByRole("button", { name: "Show more" }).focus();
  await page.keyboard.press("Enter");
  // Those of their own and the one that all others share; each once.
  await untilTrue(async () => (await tiles.count()) === DATASETS + 1);
  const links = await tiles.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  expect(new Set(links).size).toBe(DATASETS + 1);
  expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);
});
