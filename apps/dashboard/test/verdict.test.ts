/** Is it better? The verdict on runs of the record, in a browser. */
import { encodePredictions, stringifyWithSpelledNumbers } from "@convkit/schema";
import { expect, test } from "vitest";
import { seriousViolations } from "./axe.js";
import { openPage, settled, visit } from "./open-browser.js";
import { seedRun } from "./seed-run.js";
import { dashboardInBrowser, serveDashboard, type ServedDashboard } from "./serve-dashboard.js";
import { untilTrue } from "./until-true.js";

const dashboard = dashboardInBrowser(serveDashboard);

const addressOf = (runIds: readonly string[]) =>
  `${dashboard.served.url}/compare?runs=${runIds.map(encodeURIComponent).join(",")}&tab=verdict`;

const seedsOf = ({ ids }: ServedDashboard) => ({
  resnet9: [ids.resnet9Seed0, ids.resnet9Seed1, ids.resnet9Seed2],
  resnet20: [ids.resnet20Seed0, ids.resnet20Seed1],
});

test("the verdict groups seeds, says which is better, and shows by how much and how surely", async () => {
  const { served, browser } = dashboard;
  const { resnet9, resnet20 } = seedsOf(served);
  const { page, problems } = await openPage(browser, { url: served.url });
  await visit(page, addressOf([...resnet20, ...resnet9]));
  const sentence = page.locator("[data-verdict]");
  await sentence.waitFor();
  expect(await sentence.textContent()).toMatch(
    /^resnet9 is better than resnet20 by \d\.\d points of accuracy \(95 % \d\.\d–\d\.\d; [\d,]+ pictures; 2 and 3 seeds; p [<=] 0\.\d+\)\.$/,
  );
  // What the reports of the runs say, by hand.
  const reports = await Promise.all(
    resnet9.map((runId) => served.client.runs.report.query({ runId, split: "test" })),
  );
  const mean = reports.reduce((sum, report) => sum + report!.accuracy, 0) / 3;
  const row = page.getByRole("region", { name: "Groups of runs" }).getByRole("row", { name: /^resnet9/ });
  expect(await row.textContent()).toContain(`${mean.toFixed(4)} ±`);
  const whisker = page.getByRole("img", { name: /^resnet9: \+\d\.\d\d, \+\d\.\d\d to \+\d\.\d\d, better$/ });
  expect(await whisker.locator("circle").count()).toBe(1);

  // From the other side, and by another metric; the address keeps both.
  await page.getByRole("combobox", { name: "Baseline" }).click();
  await page.getByRole("option", { name: "resnet9, seed 1" }).click();
  await page.getByRole("img", { name: /^resnet20: −\d\.\d\d, .*, worse$/ }).waitFor();
  await page.getByRole("combobox", { name: "Metric" }).click();
  await page.getByRole("option", { name: "Loss" }).click();
  await page.getByText(/ of loss \(95 % /).waitFor();
  await page.reload();
  await page.getByText(/ of loss \(95 % /).waitFor();
  await page.getByRole("img", { name: /^resnet20: / }).waitFor();
  expect(problems).toEqual([]);
  await page.context().close();
});

test("of one run each it has McNemar's test, and says that other seeds may differ", async () => {
  const { served, browser } = dashboard;
  const { ids, client } = served;
  const { page } = await openPage(browser, { url: served.url });
  await visit(page, addressOf([ids.resnet9Seed0, ids.adamw]));
  const sentence = page.locator("[data-verdict]");
  await sentence.waitFor();
  expect(await sentence.textContent()).toMatch(/1 run each; McNemar p < 0\.001\)\. One run each: /);
  const verdict = await client.runs.verdict.query({ runIds: [ids.resnet9Seed0, ids.adamw], split: "test" });
  const { onlyFirst, onlySecond } = verdict.comparison!.differences[0]!.mcnemar!;
  const { total } = await client.runs.disagreements.query({
    runIds: [ids.resnet9Seed0, ids.adamw],
    split: "test",
  });
  expect(onlyFirst + onlySecond).toBeLessThanOrEqual(total);
  const figures = page.getByRole("region", { name: "Groups of runs" });
  await figures.getByText(`${onlySecond} : ${onlyFirst}`).waitFor();
  await page.context().close();
});

test("runs of other test data are not compared: the page says how they differ", async () => {
  const { served, browser } = dashboard;
  const { ids } = served;
  const { page, problems } = await openPage(browser, { url: served.url });
  await visit(page, addressOf([ids.resnet9Seed0, ids.fashion]));
  await page.getByRole("heading", { name: "These runs cannot be compared" }).waitFor();
  await page.getByText(/^it lacks 10 classes airplane, automobile, bird, …$/).waitFor();
  expect(await page.locator("[data-verdict]").count()).toBe(0);
  expect(problems).toEqual([]);
  await page.context().close();
});

test("of label sets it offers the metrics that there are, mean average precision first", async () => {
  const { served, browser } = dashboard;
  const { home, client } = served;
  const runIds = await Promise.all(
    [3, 1].map(async (misses, index) =>
      seedRun(
        home,
        {
          model: "simple-cnn",
          name: `scenes ${misses}`,
          peak: 0.9,
          seed: 0,
          learningRate: misses / 10,
          // Of a completed one, the seed would judge pictures of one class.
          status: "interrupted",
          files: await judgedScenes(misses),
        },
        { endedAt: Date.now(), index: 40 + index },
      ),
    ),
  );
  const isJudged = (id: string) =>
    client.runs.byId.query(id).then(
      ({ judgedSplits }) => judgedSplits.includes("test"),
      () => false,
    );
  await untilTrue(async () => (await Promise.all(runIds.map(isJudged))).every(Boolean));
  const { page, problems } = await openPage(browser, { url: served.url });
  await visit(page, addressOf(runIds));
  const sentence = page.locator("[data-verdict]");
  await sentence.getByText(/ points of mean average precision /).waitFor();
  await page.getByRole("combobox", { name: "Metric" }).click();
  expect(await page.getByRole("option").allTextContents()).toEqual([
    "Mean average precision",
    "Macro F1",
    "Accuracy",
    "Loss",
  ]);
  await page.getByRole("option", { name: "Accuracy" }).click();
  // Of twenty labels, three and one are wrong.
  await sentence.getByText(/ points of accuracy /).waitFor();
  await page.getByRole("img", { name: /^scenes 1: \+10\.00, / }).waitFor();
  expect(problems).toEqual([]);
  await page.context().close();
});

/** Predictions and report of forty pictures with two labels, so many of each twenty of which are wrong. */
async function judgedScenes(misses: number): Promise<Record<string, Uint8Array>> {
  const { evaluate } = await import("@convkit/evaluator");
  const labelSets = Uint8Array.from({ length: 80 }, (_, i) => Number(i % 3 > 0));
  const predictions = {
    split: "test",
    classNames: ["sun", "sea"],
    ids: Array.from({ length: 40 }, (_, picture) => `scene ${picture}`),
    labels: new Int32Array(40).fill(-1),
    labelSets,
    probabilities: Float32Array.from(labelSets, (has, i) => (i % 20 < misses ? 1 - has : has) * 0.8 + 0.1),
  };
  return {
    "predictions.bin": encodePredictions(predictions),
    "report.json": new TextEncoder().encode(stringifyWithSpelledNumbers(evaluate(predictions))),
  };
}

test.each([
  { theme: "light", width: 1440 },
  { theme: "dark", width: 390 },
] as const)(
  "has no serious violation and does not scroll sideways, $theme at $width pixels",
  async (look) => {
    const { served, browser } = dashboard;
    const { ids } = served;
    const { page } = await openPage(browser, { url: served.url, ...look });
    for (const runIds of [
      [...seedsOf(served).resnet9, ...seedsOf(served).resnet20, ids.adamw],
      [ids.resnet9Seed0, ids.fashion],
    ]) {
      await visit(page, addressOf(runIds));
      await page
        .getByRole("tabpanel", { name: "Verdict" })
        .getByRole("heading", { level: 2 })
        .first()
        .waitFor();
      await settled(page);
      expect(await seriousViolations(page)).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
      ).toBeLessThanOrEqual(0);
    }
    await page.context().close();
  },
);
