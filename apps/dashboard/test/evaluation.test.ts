/** What a run's report tells, on the run's page in a browser: all of it, and of a report of before there was as much. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EvaluationReport, Predictions } from "@convkit/schema";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousViolations } from "./axe.js";
import { clientOf, type Client } from "./client-of.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { openBrowser, openPage, settled, visit, type PageOptions } from "./open-browser.js";
import { seedRun, type RunPlan } from "./seed-run.js";
import { seedThumbnails } from "./seed-thumbnails.js";
import { untilTrue } from "./until-true.js";

let home: string;
let dashboard: DashboardProcess;
let browser: Browser;
let client: Client;
let full: string;
let earlier: string;
let report: EvaluationReport;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-evaluation-"));
  const judge = await judgeInFull();
  const plan: RunPlan = { model: "resnet9", name: "judged", peak: 0.8, seed: 0 };
  full = await seedRun(home, { ...plan, judge }, { endedAt: Date.now() - 1000, index: 0 });
  earlier = await seedRun(home, { ...plan, name: "earlier" }, { endedAt: Date.now() - 90_000_000, index: 1 });
  [dashboard, browser] = await Promise.all([startDashboard({ home }), openBrowser()]);
  client = clientOf(dashboard.url);
  for (const runId of [full, earlier]) {
    await untilTrue(async () => {
      const { runs } = await client.runs.list.query({});
      if (!runs.some(({ id }) => id === runId)) return false;
      return (await client.runs.report.query({ runId, split: "test" }).catch(() => null)) !== null;
    });
    await untilTrue(() =>
      client.runs.pictures.query({ runId, split: "test" }).then(
        () => true,
        () => false,
      ),
    );
  }
  await seedThumbnails(home, "cifar10");
  report = (await client.runs.report.query({ runId: full, split: "test" }))!;
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

/** As the trainer judges, with a scanner whose pictures are the harder ones. */
async function judgeInFull(): Promise<(predictions: Predictions) => EvaluationReport> {
  const { evaluate, predictedClasses, sliceReport } = await import("@convkit/evaluator");
  return (predictions) => {
    const predicted = predictedClasses(predictions);
    const attributes = new Map(
      predictions.ids.map((id, row) => {
        const isHard = predicted[row] !== predictions.labels[row] && row % 2 === 0;
        return [id, { scanner: isHard || row % 3 === 0 ? "A" : "B", brightness: (row * 7) % 251 }];
      }),
    );
    const temperature = { value: 1.5, split: "validation", count: 5000 };
    return { ...evaluate(predictions, { temperature }), slices: sliceReport(predictions, attributes) };
  };
}

async function openEvaluation(runId: string, look: Omit<PageOptions, "url"> = {}) {
  const watched = await openPage(browser, { url: dashboard.url, ...look });
  await visit(watched.page, `${dashboard.url}/runs/${encodeURIComponent(runId)}?tab=evaluation`);
  await watched.page.getByRole("heading", { name: "Pictures", exact: true }).waitFor();
  await settled(watched.page);
  return watched;
}

const sectionOf = (page: Page, heading: string) =>
  page.locator("section").filter({ has: page.getByRole("heading", { name: heading, exact: true }) });

test("the report stands in sentences and in figures with their intervals", async () => {
  const { page, problems } = await openEvaluation(full);
  const short = sectionOf(page, "In short");
  const parts = await client.runs.summary.query({ runId: full, split: "test" });
  expect(parts!.map(({ heading }) => heading)).toContain("Whom to trust");
  expect(await short.locator("p").allTextContents()).toEqual(parts!.flatMap(({ sentences }) => sentences));
  const [low, high] = report.intervals!.of.accuracy!;
  await page
    .getByText(`95%: ${low.toFixed(4)} to ${high.toFixed(4)}`)
    .first()
    .waitFor();
  const further = sectionOf(page, "Further figures");
  for (const name of ["Balanced accuracy", "Cohen’s kappa", "Matthews correlation", "Brier score"])
    await further.getByText(name, { exact: true }).waitFor();
  await further.getByText(report.cohenKappa!.toFixed(4), { exact: true }).waitFor();
  await further.getByText("1,000 resamples, seed 0").waitFor();
  expect(problems).toEqual([]);
  await page.context().close();
});

test("calibration is drawn and told, as it is and with the temperature", async () => {
  const { page } = await openEvaluation(full);
  const card = sectionOf(page, "Calibration");
  await card.getByRole("img", { name: /^Reliability diagram: how often it was right/ }).waitFor();
  const percent = (value: number) => `${(value * 100).toFixed(2)}%`;
  const row = card.getByRole("row", { name: /^Expected calibration error/ });
  expect(await row.getByRole("cell").allTextContents()).toEqual([
    percent(report.calibration!.ece),
    percent(report.temperature!.calibration.ece),
  ]);
  await card.getByText("The diagram as a table").click();
  const bins = card.getByRole("region", { name: "Reliability diagram as a table" }).locator("tbody tr");
  expect(await bins.count()).toBe(report.calibration!.bins.length);
  await page.context().close();
});

test("curves are those of all, of the mean, and of the class that is chosen; areas stand by class", async () => {
  const { page } = await openEvaluation(full);
  const card = sectionOf(page, "At every threshold");
  await card.getByRole("combobox", { name: "Curves of the class" }).click();
  await page.getByRole("option", { name: "frog" }).click();
  await card.getByRole("img", { name: /^ROC curves: frog/ }).waitFor();
  const { rocAuc, averagePrecision } = report.perClass[6]!;
  for (const area of [rocAuc!, averagePrecision!, report.roc!.microArea, report.precisionRecall!.macroArea])
    await card.getByText(area.toFixed(4), { exact: true }).first().waitFor();
  const [low, high] = report.intervals!.of["roc.microArea"]!;
  const known = `all decisions together ${low.toFixed(4)} to ${high.toFixed(4)}; frog `;
  await card.getByText(known).waitFor();
  const row = page.getByRole("region", { name: "Figures by class" }).getByRole("row", { name: /^frog/ });
  expect(await row.getByRole("cell").allTextContents()).toContain(rocAuc!.toFixed(3));
  await page.context().close();
});

test("the matrix is read by prediction too", async () => {
  const { page } = await openEvaluation(full);
  await page.getByRole("radio", { name: "% of prediction" }).click();
  const column = report.confusionMatrix.map((row) => row[3]!);
  const share = column[3]! / column.reduce((sum, count) => sum + count, 0);
  const cell = page.locator("[data-cell='3,3']");
  await untilTrue(async () => (await cell.textContent()) === String(Math.round(share * 100)));
  await page.context().close();
});

test("groups of pictures stand worst first, in words", async () => {
  const { page } = await openEvaluation(full);
  const card = sectionOf(page, "Groups of pictures");
  const rows = card.locator("tbody tr");
  const worst = report.slices![0]!;
  expect([worst.by, worst.value]).toEqual(["scanner", "A"]);
  const texts = await rows.first().getByRole("cell").allTextContents();
  expect(texts.slice(0, 2)).toEqual(["A", worst.count.toLocaleString("en")]);
  expect(texts.at(-1)).toBe("worse");
  await card.getByRole("rowheader", { name: "Brightness, 0 to 255" }).first().waitFor();
  await page.context().close();
});

test("each picture of a gallery is one click, or one key, from its neighbours", async () => {
  const { page, problems } = await openEvaluation(full);
  const card = sectionOf(page, "Pictures");
  await card.getByRole("radio", { name: "Confused pairs" }).click();
  const pair = { label: 0, prediction: 2 };
  const { pictures, total } = await client.runs.pictures.query({ runId: full, split: "test", ...pair });
  expect(total).toBeGreaterThan(2);
  await card.getByRole("combobox", { name: "Pair of classes" }).click();
  await page.getByRole("option", { name: `airplane taken for bird (${total})` }).click();
  await card.getByRole("list", { name: `airplane taken for bird, ${total} pictures` }).waitFor();
  await card.getByRole("listitem").first().getByRole("button").click();
  const dialog = page.getByRole("dialog", { name: "airplane, taken for bird" });
  const showsPicture = async (index: number) => {
    await dialog.getByText(`${index + 1} of ${total}`, { exact: true }).waitFor();
    await dialog.getByText(pictures[index]!.id, { exact: true }).waitFor();
  };
  await showsPicture(0);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  await showsPicture(1);
  await dialog.getByRole("button", { name: "Next" }).click();
  await showsPicture(2);
  await dialog.getByRole("button", { name: "Previous" }).click();
  await showsPicture(1);
  expect(await seriousViolations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });

  // Beyond those that the gallery has fetched.
  await card.getByRole("radio", { name: "Most uncertain" }).click();
  await card.getByRole("list", { name: "Most uncertain, 60 pictures" }).waitFor();
  await card.getByRole("listitem").first().getByRole("button").focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.getByText("60 of 1,000", { exact: true }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByText("61 of 1,000", { exact: true }).waitFor();
  expect(problems).toEqual([]);
  await page.context().close();
});

test("a report of before has the cards that it had", async () => {
  const { page, problems } = await openEvaluation(earlier);
  const headings = await page.getByRole("tabpanel").getByRole("heading", { level: 2 }).allTextContents();
  expect(headings).toEqual(["Confusion", "By class", "Pictures"]);
  expect(await page.getByText("95%").count()).toBe(0);
  expect(problems).toEqual([]);
  await page.context().close();
});

test.each([
  { theme: "light", width: 1440 },
  { theme: "dark", width: 1440 },
  { theme: "light", width: 390 },
  { theme: "dark", width: 390 },
] as const)(
  "has no serious violation and does not scroll sideways, $theme at $width pixels",
  async (look) => {
    const { page } = await openEvaluation(full, look);
    await page.getByText("The diagram as a table").click();
    expect(await seriousViolations(page)).toEqual([]);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
    await page.context().close();
  },
);
