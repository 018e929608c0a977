/** The tab Insight on a run with documents of all kinds, on one with none, and on one whose documents are something else. */
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { seriousViolations } from "./axe.js";
import { openPage, visit, type PageOptions } from "./open-browser.js";
import { pictureId } from "./seed-dataset.js";
import { insightFiles, labelSetFiles } from "./seed-insight.js";
import { seedThumbnails } from "./seed-thumbnails.js";
import { dashboardInBrowser, serveRuns } from "./serve-dashboard.js";

const plan = { model: "resnet9", peak: 0.9, seed: 0 } as const;
const hostileFiles = {
  "artifacts/projection.json": Buffer.from("{"),
  "artifacts/robustness.json": Buffer.alloc(1_200_001, " "),
};
const dashboard = dashboardInBrowser(async () => {
  const served = await serveRuns({
    known: { ...plan, name: "known", files: insightFiles },
    plain: { ...plan, name: "plain", dataset: "fashion-mnist" },
    sets: { ...plan, name: "sets", multiLabel: true, status: "interrupted", files: labelSetFiles },
    hostile: { ...plan, name: "hostile", files: hostileFiles },
  });
  await seedThumbnails(served.home, "cifar10", ["train/a", "train/b"]);
  return served;
});

async function openInsight(run: keyof typeof dashboard.served.ids, look: Omit<PageOptions, "url"> = {}) {
  const { served, browser } = dashboard;
  const watched = await openPage(browser, { url: served.url, ...look });
  await visit(watched.page, `${served.url}/runs/${served.ids[run]}?tab=insight`);
  return watched;
}

const sectionOf = (page: Page, heading: string) =>
  page.locator("section").filter({ has: page.getByRole("heading", { name: heading, exact: true }) });

/** How wide the picture is that the browser has of it: 0 of one that is not there. */
async function naturalWidth(image: Locator): Promise<number> {
  await image.scrollIntoViewIfNeeded();
  return image.evaluate(async (element: HTMLImageElement) => {
    await element.decode();
    return element.naturalWidth;
  });
}

const looks = [
  { theme: "light", width: 1440 },
  { theme: "dark", width: 390 },
] as const;

test.each(looks)(
  "a point opens its picture, and that its neighbours, $theme at $width pixels",
  async (look) => {
    const { page } = await openInsight("known", look);
    const noise = page.getByRole("row", { name: /^gaussian noise/ });
    expect(await noise.innerText()).toMatch(/80\.0\s+70\.0\s+60\.0\s+50\.0\s+40\.0\s+0\.85×\s+1\.20×/);
    const plot = page.getByRole("application", { name: /Pictures of test by PCA, 40 points/ });
    await plot.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(pictureId(0)).waitFor();
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

test.each(looks)(
  "a mistake shows where the network looked, and is a click from its neighbours, $theme at $width pixels",
  async (look) => {
    const { page, problems } = await openInsight("known", look);
    const section = sectionOf(page, "Explanations");
    const mistakes = section.getByRole("list", { name: "Mistakes, 2 pictures" });
    const tiles = mistakes.getByRole("button");
    expect((await tiles.allInnerTexts())[0]).toMatch(/cat[^]*dog[^]*97\.0%/);
    const overlay = mistakes.locator("img").first();
    expect(await naturalWidth(overlay)).toBe(32);
    expect(await overlay.getAttribute("src")).toMatch(/artifacts\/explanations\/0-mistake\.png$/);
    await section.getByText(/correlation with the trained network's is 0\.12: they depend on/).waitFor();

    await tiles.first().click();
    const dialog = page.getByRole("dialog", { name: "cat, taken for dog" });
    for (const name of ["The picture", "Where the network looked"])
      expect(await naturalWidth(dialog.getByRole("img", { name })), name).toBe(32);
    // What the review says of the same picture.
    await dialog.getByText("confidently dog, which cat is rarely taken for").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    // What is for screen readers alone must not make the page behind the content scroll.
    expect(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)).toBe(0);
    await dialog.getByRole("button", { name: /train\/a/ }).click();
    await page
      .getByRole("dialog", { name: "airplane" })
      .getByText("train/a", { exact: true })
      .last()
      .waitFor();
    const back = page.getByRole("button", { name: `Back to ${pictureId(3)}` });
    // The next picture begins at its top, though it was chosen at the bottom of this one.
    const { top } = await back.evaluate((element) => element.getBoundingClientRect());
    const box = await page.getByRole("dialog").boundingBox();
    expect(top).toBeGreaterThanOrEqual(box!.y);
    await back.click();
    await dialog.waitFor();
    await page.keyboard.press("Escape");

    await section.getByRole("radio", { name: "Poor reasons 1" }).click();
    await section.getByRole("list", { name: "Poor reasons, 1 picture" }).getByRole("button").click();
    await page
      .getByRole("dialog", { name: "dog, recognised" })
      .getByText("75% of the evidence at the picture's edges")
      .waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  },
  60_000,
);

test.each(looks)(
  "a suspected label stands beside its picture with what it rather is, $theme at $width pixels",
  async (look) => {
    const { page, problems } = await openInsight("known", look);
    const section = sectionOf(page, "Label suspects");
    const table = section.getByRole("table", { name: "Labels, the likeliest errors first" });
    await table.waitFor();
    await section.getByText("1 of 1,540 labels are probably wrong").waitFor();
    const rows = table.getByRole("row");
    expect(await rows.count()).toBe(2);
    expect(await rows.nth(1).innerText()).toMatch(
      /test\/00003\.png\s+cat\s+1\.0%\s+dog\s+97\.0%\s+confidently dog/,
    );
    expect(await naturalWidth(rows.nth(1).locator("img"))).toBe(32);
    await section.getByRole("radio", { name: "The least sure, too" }).click();
    expect(await rows.nth(2).innerText()).toMatch(/test\/00023\.png\s+cat\s+1\.0%\s+deer\s*unsure/);

    await table.getByRole("button", { name: /test\/00003\.png/ }).click();
    const dialog = page.getByRole("dialog", { name: "cat, taken for dog" });
    const neighbours = dialog.getByRole("region", { name: "Neighbours" });
    expect(await naturalWidth(neighbours.locator("img").first())).toBe(32);
    await page.keyboard.press("Escape");
    // A copy that judges what it taught leads to its neighbours, too.
    const copies = section.getByRole("list", { name: "Groups of copies" });
    await copies.getByText("in several splits").waitFor();
    await copies.getByRole("button", { name: /test\/00030\.png/ }).click();
    await page.getByRole("dialog").getByText("Nearest train pictures, as the network sees them").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  },
  60_000,
);

test("of sets of labels it says what to add and remove, and for which label a map is", async () => {
  const { page, problems } = await openInsight("sets", { width: 390 });
  const section = sectionOf(page, "Label suspects");
  await section.getByText("2 labels are probably missing or too many, in 1 of 1,540 pictures").waitFor();
  const rows = section
    .getByRole("table", { name: "Sets of labels, the likeliest errors first" })
    .getByRole("row");
  expect(await rows.count()).toBe(2);
  expect(await rows.nth(1).innerText()).toMatch(
    /test\/00003\.png\s+cat, deer\s+add dog \(dog 97\.0%\), remove deer \(deer 2\.0%\)\s+dog is confidently/,
  );
  await rows.nth(1).getByRole("button").click();
  const dialog = page.getByRole("dialog", { name: "dog, said where it is not" });
  await dialog.getByText("add dog (dog 97.0%), remove deer (deer 2.0%)").waitFor();
  await dialog.getByText("cat, deer").waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  expect(problems).toEqual([]);
  await page.context().close();
}, 60_000);

test.each(looks)(
  "parity and speed stand in tables that can be read, $theme at $width pixels",
  async (look) => {
    const { page, problems } = await openInsight("known", look);
    const cellsOf = async (name: string) => {
      const table = page.getByRole("table", { name });
      await table.waitFor();
      return (await table.getByRole("row").allInnerTexts()).map((row) => row.split(/\t\s*/));
    };
    await page.getByText("Node (native) and Chromium 150.0.7871.100 (wasm)").waitFor();
    expect(await cellsOf("Node and the browser compared")).toEqual([
      ["Given", "Pictures", "Same answers", "Largest logit difference"],
      ["The same pixels", "250", "100%", "0.00012"],
      ["The same files, decoded by each", "250", "99.6%", "0.5"],
    ]);
    expect(await cellsOf("Speed by engine")).toEqual([
      ["Engine", "p50", "p99", "batch of 1", "batch of 32", "Memory"],
      ["native", "1.25 ms", "2.5 ms", "790/s", "2,400/s", "150 MB"],
      ["cpu", "100 ms", "120 ms", "10/s", "–", "250 MB"],
    ]);
    await page.getByText("tensorflow-gpu: No graphics card was found.").waitFor();
    await page
      .getByRole("table", { name: "Pictures on which they differ" })
      .getByRole("button", { name: pictureId(7) })
      .click();
    await page.getByRole("dialog").getByText("Nearest train pictures, as the network sees them").waitFor();
    await page.keyboard.press("Escape");
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
    await page.context().close();
  },
  60_000,
);

test("what is not there says how it is asked for, what is something else says so", async () => {
  const { plain } = dashboard.served.ids;
  const absent = await openInsight("plain");
  for (const command of ["review", "project", "robustness", "verify", "benchmark"])
    await absent.page.getByText(`convkit ${command} ${plain}`, { exact: true }).waitFor();
  await absent.page.getByText(`convkit explain ${plain} --sanity`, { exact: true }).waitFor();
  // Nobody has sent small pictures of this data set: the page says so, and asks for none.
  await absent.page.getByText("There are no small pictures of fashion-mnist here.").waitFor();
  await absent.page.getByRole("tab", { name: "Evaluation" }).click();
  await absent.page.getByText("There are no small pictures of fashion-mnist here.").waitFor();
  await absent.page.getByRole("list", { name: /^Worst mistakes, / }).waitFor();
  expect(absent.problems).toEqual([]);
  await absent.page.context().close();
  const { page } = await openInsight("hostile");
  await page.getByText(/Expected in artifacts\/projection\.json what this version/).waitFor();
  await page.getByText(/Expected at most 1\.0 MB in artifacts\/robustness\.json/).waitFor();
  await page.context().close();
}, 60_000);
