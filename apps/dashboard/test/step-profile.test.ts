/** Where the time of a step went stands on the page of a run that measured it, and of no other. */
import type { StepProfile } from "@convkit/schema";
import { expect, test } from "vitest";
import { seriousViolations } from "./axe.js";
import { openPage, visit } from "./open-browser.js";
import { dashboardInBrowser, serveRuns } from "./serve-dashboard.js";

const profile: StepProfile = {
  formatVersion: 1,
  backend: "native",
  batches: 20,
  batchSize: 128,
  durationMs: 80,
  phases: { data: 8, forward: 20, backward: 40, update: 12, rest: 0 },
  kernels: [
    ...Array.from({ length: 12 }, (_, index) => ({
      name: "FusedConv2D",
      shapes: `128×32×32×${index + 1}, 3×3×${index + 1}×64, 64`,
      calls: 1,
      durationMs: 12 - index,
    })),
  ],
};

const plan = { model: "resnet9", peak: 0.9, seed: 0 } as const;
const files = { "profile.json": Buffer.from(JSON.stringify(profile)) };
const dashboard = dashboardInBrowser(() =>
  serveRuns({ profiled: { ...plan, name: "profiled", files }, plain: { ...plan, name: "plain" } }),
);

test.each([
  { theme: "light", width: 1440 },
  { theme: "dark", width: 390 },
] as const)(
  "the profile of a step is a chart that can be read, $theme at $width pixels",
  async ({ theme, width }) => {
    const { served, browser } = dashboard;
    const { page, problems } = await openPage(browser, { url: served.url, theme, width });
    await visit(page, `${served.url}/runs/${served.ids.profiled}?tab=system`);
    await page
      .getByText("mean of 20 batches of 128 on native: 80 ms, 1,600 pictures/s", { exact: true })
      .waitFor();
    const bar = page.getByRole("img", {
      name: "Phases of a step: Waiting for data 10.0%, Forward 25.0%, Backward 50.0%, Update 15.0%, Rest 0.0%",
    });
    const widths = await bar.evaluate((element) =>
      [...element.children].map((part) => part.getBoundingClientRect().width),
    );
    // Half of the step is half of the bar, but for the gaps.
    expect(widths[2]! / widths.reduce((sum, part) => sum + part)).toBeCloseTo(0.5, 2);
    const kernels = page.getByRole("table", { name: "The 10 costliest of 12 kinds of kernel calls" });
    const rows = await kernels.getByRole("row").allInnerTexts();
    expect(rows).toHaveLength(11);
    expect(rows[1]).toMatch(/1 × FusedConv2D\s+128×32×32×1, 3×3×1×64, 64\s+12 ms\s+15\.0%/);
    expect(await seriousViolations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
  },
  60_000,
);

test("a run that measured nothing has no such chart", async () => {
  const { served, browser } = dashboard;
  const { page, problems } = await openPage(browser, { url: served.url });
  await visit(page, `${served.url}/runs/${served.ids.plain}?tab=system`);
  await page.getByText("cpu_percent").first().waitFor();
  expect(await page.getByText("Profile of a step").count()).toBe(0);
  expect(problems).toEqual([]);
}, 60_000);
