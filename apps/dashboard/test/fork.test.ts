/** A kept checkpoint in a browser: from the run's page to a form in which what it is of is locked, and to who would take it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousViolations } from "./axe.js";
import { clientOf } from "./client-of.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { openBrowser, openPage, visit } from "./open-browser.js";
import { seedRun } from "./seed-run.js";
import { untilTrue } from "./until-true.js";

let home: string;
let dashboard: DashboardProcess;
let browser: Browser;
let source: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-fork-"));
  const plan = { model: "resnet9", peak: 0.9, seed: 0 } as const;
  const endedAt = Date.UTC(2026, 10, 26);
  source = await seedRun(home, { ...plan, name: "the source" }, { endedAt, index: 0 });
  const forkedFrom = { runId: source, step: 1056 };
  const child = { ...plan, name: "a fork", forkedFrom, epochs: 13 };
  const fork = await seedRun(home, child, { endedAt: endedAt + 1000, index: 1 });
  [dashboard, browser] = await Promise.all([startDashboard({ home }), openBrowser()]);
  const { runs } = clientOf(dashboard.url);
  await untilTrue(async () => (await runs.list.query({})).runs.some(({ id }) => id === fork));
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

test("a run is forked at a checkpoint under another learning rate, and what the checkpoint is of stays", async () => {
  const { page, foreign } = await openPage(browser, { url: dashboard.url });
  await visit(page, `${dashboard.url}/runs/${source}`);
  await page.getByRole("list", { name: "Forks" }).getByRole("link", { name: "a fork" }).click();
  await page.getByText("Forked from").getByRole("link", { name: "the source" }).click();
  await page.getByRole("link", { name: "Fork at step 1,056" }).click();
  await page.getByText("Forked from the source at step 1,056").waitFor();
  const batchSize = page.getByRole("textbox", { name: "Batch size" });
  expect(await batchSize.inputValue()).toBe("512");
  expect(await batchSize.isDisabled()).toBe(true);
  await page.getByText("As in the run that is forked: the checkpoint's random state goes on").waitFor();
  await page.getByText("The one that holds the checkpoint.").waitFor();
  expect(await seriousViolations(page)).toEqual([]);

  await page.getByRole("textbox", { name: "Learning rate" }).first().fill("0.001");
  await page.getByRole("textbox", { name: "Epochs" }).fill("20");
  await page.getByText("Nothing is wrong with it.").waitFor();
  await page.getByRole("button", { name: "Put into the queue" }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "Expected a worker that holds" });
  expect(await refusal.innerText()).toContain(`convkit train --fork ${source}@1056`);

  await page.getByRole("button", { name: "Begin with first weights instead" }).click();
  expect(await batchSize.isDisabled()).toBe(false);
  await page.context().close();
  expect(foreign).toEqual([]);
});
