/** The report.html that a training writes, opened as its reader opens it: from the disk, on a desk and on a phone. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousViolations } from "./axe.js";
import { openBrowser, openPage, type WatchedPage } from "./open-browser.js";
import { makePhotoFolder } from "./photo-folder.js";
import { startTrainer } from "./trainer-process.js";

let home: string;
let report: string;
let browser: Browser;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-report-page-"));
  const photos = await makePhotoFolder(join(home, "my photos"), 40);
  const flags = ["--model", "simple-cnn", "--epochs", "1", "--batch-size", "16"];
  const trainer = startTrainer(home, ["train", photos, ...flags]);
  expect(await trainer.ended(), trainer.complaints()).toBe(0);
  const [run] = await readdir(join(home, "runs"));
  report = join(home, "runs", run!, "report.html");
  browser = await openBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await rm(home, { recursive: true, force: true });
});

async function open(width: number, theme: "light" | "dark"): Promise<WatchedPage> {
  const url = pathToFileURL(report).href;
  const watched = await openPage(browser, { url, width, theme });
  await watched.page.goto(url);
  return watched;
}

describe.each([
  [1440, "light"],
  [1440, "dark"],
  [390, "light"],
  [390, "dark"],
] as const)("a report %d pixels wide and %s", (width, theme) => {
  test("is read by everybody, asks nothing of the network and fits the screen", async () => {
    const { page, problems, foreign } = await open(width, theme);
    await page.getByRole("heading", { name: "In short" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(
      await page.evaluate(() => [...document.images].filter(({ naturalWidth }) => !naturalWidth).length),
    ).toBe(0);
    // What is folded is read too.
    await page.evaluate(() => document.querySelectorAll("details").forEach((folded) => (folded.open = true)));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await seriousViolations(page)).toEqual([]);
    expect([...problems, ...foreign]).toEqual([]);
    await page.context().close();
  });
});

test("a report's contents and its switch answer to keys, without a script", async () => {
  const { page } = await open(1440, "light");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement!.textContent)).toBe("Skip to the report");
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate(() => document.activeElement!.id === "mode-counts")) break;
    await page.keyboard.press("Tab");
  }
  const shown = () =>
    page.evaluate(() =>
      ["counts", "by-row", "by-column"].filter(
        (mode) => getComputedStyle(document.querySelector(`.heat text.${mode}`)!).display !== "none",
      ),
    );
  expect(await shown()).toEqual(["counts"]);
  await page.keyboard.press("ArrowRight");
  expect(await shown()).toEqual(["by-row"]);
  await page.keyboard.press("ArrowRight");
  expect(await shown()).toEqual(["by-column"]);
  await page.context().close();
});

test("a report is one file of under 3 MB", async () => {
  expect((await stat(report)).size).toBeLessThan(3_000_000);
});
