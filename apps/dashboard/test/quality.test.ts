/** What holds for every page: no serious violation of WCAG, nothing asked of other machines, scripts that stay small. */
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousViolations } from "./axe.js";
import { openBrowser, openPage, settled, visit } from "./open-browser.js";
import { cardOf } from "./seed-dataset.js";
import { serveDashboard, type ServedDashboard } from "./serve-dashboard.js";

const MOST_SCRIPT_BYTES = 300_000;

let served: ServedDashboard;
let browser: Browser;
let addresses: Record<string, string>;

beforeAll(async () => {
  [served, browser] = await Promise.all([serveDashboard(), openBrowser()]);
  const { ids, client } = served;
  await client.models.register.mutate({ model: "small pictures", runId: ids.resnet9Seed0 });
  await client.models.setAlias.mutate({ model: "small pictures", version: 1, alias: "champion" });
  await client.runs.addNote.mutate({
    runId: ids.resnet9Seed0,
    body: "# Seen\n\nA [link](https://example.org).",
  });
  const compared = [ids.resnet9Seed0, ids.resnet20Seed0, ids.diverged, ids.adamw].join(",");
  addresses = {
    runs: "/runs",
    groups: "/runs?group=model",
    "a filter with an error": "/runs?filter=val_accuracy",
    "no runs": "/runs?q=nothing",
    overview: `/runs/${ids.resnet9Seed0}`,
    "a run at work": `/runs/${ids.running}`,
    "a failed run": `/runs/${ids.diverged}?tab=curves`,
    curves: `/runs/${ids.resumed}?tab=curves&smoothing=0.6`,
    evaluation: `/runs/${ids.resnet9Seed0}?tab=evaluation`,
    "try it": `/runs/${ids.resnet9Seed0}?tab=try`,
    "nothing to try": `/runs/${ids.running}?tab=try`,
    system: `/runs/${ids.resnet9Seed0}?tab=system`,
    data: `/runs/${ids.resnet9Seed0}?tab=data`,
    config: `/runs/${ids.resnet9Seed0}?tab=config`,
    artifacts: `/runs/${ids.resnet9Seed0}?tab=artifacts`,
    log: `/runs/${ids.resnet9Seed0}?tab=log`,
    "no such run": "/runs/nothing",
    compare: `/compare?runs=${compared}`,
    verdict: `/compare?runs=${compared}&tab=verdict`,
    metrics: `/compare?runs=${compared}&tab=metrics`,
    settings: `/compare?runs=${compared}&tab=config`,
    params: `/compare?runs=${compared}&tab=params&scope=all`,
    pictures: `/compare?runs=${compared}&tab=pictures`,
    "choosing runs": "/compare",
    "no sweeps": "/sweeps",
    datasets: "/datasets",
    dataset: `/datasets/${cardOf("cifar10").contentHash}`,
    augmentation: `/datasets/${cardOf("cifar10").contentHash}?tab=augmentation`,
    models: "/models",
    model: "/models/small%20pictures",
    "no such page": "/nowhere",
  };
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

// Colours are of the theme and layouts of the width: each once.
test.each([
  { theme: "light", width: 1440 },
  { theme: "dark", width: 390 },
] as const)(
  "no page has a serious violation, $theme at $width pixels",
  async ({ theme, width }) => {
    const { page, foreign } = await openPage(browser, { url: served.url, theme, width });
    const found: Record<string, string[]> = {};
    for (const [name, address] of Object.entries(addresses)) {
      await visit(page, served.url + address);
      const violations = await seriousViolations(page);
      if (violations.length > 0) found[name] = violations;
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
    }
    await page.context().close();
    expect(found).toEqual({});
    expect(foreign).toEqual([]);
  },
  400_000,
);

test("scripts of a page weigh less than 300 KB, charts included", async () => {
  const weights: Record<string, number> = {};
  for (const name of ["runs", "curves", "evaluation", "overview", "params", "dataset", "model", "try it"]) {
    const { page } = await openPage(browser, { url: served.url });
    const sizes: Promise<number>[] = [];
    page.on("response", (response) => {
      if (response.request().resourceType() !== "script") return;
      const size = response.body().then((bytes) => gzipSync(bytes).length);
      // One that is cut off by the end of the page was not needed by it.
      sizes.push(size.catch(() => 0));
    });
    await visit(page, served.url + addresses[name]!);
    await page.locator("main h1").waitFor();
    await settled(page);
    weights[name] = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    await page.context().close();
  }
  console.log("script weight, gzipped", weights);
  for (const [name, weight] of Object.entries(weights))
    expect.soft(weight, name).toBeLessThan(MOST_SCRIPT_BYTES);
}, 200_000);

test("every page obeys the strict policy: nothing is refused, no error is logged", async () => {
  const { page, problems } = await openPage(browser, { url: served.url });
  for (const [name, address] of Object.entries(addresses)) {
    // The answers 400 and 404 are what these are about.
    if (/error|no such/.test(name)) continue;
    await visit(page, served.url + address);
    const meant = problems.filter(
      (problem) => !problem.includes("the server responded with a status of 404"),
    );
    expect.soft(meant, name).toEqual([]);
  }
  await page.context().close();
}, 200_000);
