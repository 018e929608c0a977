/** A data set's page says what looking at all pictures has found, and shows it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openPage, visit } from "./open-browser.js";
import { cardOf, pictureId } from "./seed-dataset.js";
import { serveDashboard, type ServedDashboard } from "./serve-dashboard.js";
import { untilTrue } from "./until-true.js";

let served: ServedDashboard;
let browser: Browser;

beforeAll(async () => {
  [served, browser] = await Promise.all([serveDashboard(), openBrowser()]);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const addressOf = (name: "cifar10" | "fashion-mnist") => `${served.url}/datasets/${cardOf(name).contentHash}`;
const tile = (page: Page, name: string) => page.getByRole("button", { name });

test("copies, leakage and sizes are told and shown", async () => {
  const { page } = await openPage(browser, { url: served.url });
  await visit(page, addressOf("cifar10"));
  await page.getByText("3 exactly and 17 nearly of 1,000 test pictures are in train as well.").waitFor();
  expect(await page.getByText("in train as well").count()).toBe(1);
  await page.getByText("In 1 group labels disagree").waitFor();
  await page.getByText("Judged with validation pictures held back by fold 0 of folds 5").waitFor();

  const groups = page.getByRole("list", { name: "Groups of copies" }).getByRole("listitem");
  expect(await groups.count()).toBe(8);
  expect(await groups.nth(0).innerText()).toMatch(/in several splits\s+labels disagree/);
  expect(await groups.nth(1).innerText()).toMatch(/and 27 more\s+the same file/);
  await page.getByRole("button", { name: "Show more" }).first().click();
  await untilTrue(async () => (await groups.count()) === 11);
  await page.getByText("And 3 groups more, which convkit data inspect --json lists.").waitFor();

  // One whose small picture is there, and one whose is not.
  await tile(page, `dog test ${pictureId(5)}`).click();
  const dialog = page.getByRole("dialog");
  await untilTrue(() =>
    dialog.locator("img").evaluate((image) => (image as HTMLImageElement).naturalWidth > 0),
  );
  await dialog.getByText(pictureId(5)).waitFor();
  await page.keyboard.press("Escape");
  const missing = tile(page, "cat train train/3.png");
  await untilTrue(async () => (await missing.locator("img").count()) === 0);
  await missing.click();
  await dialog.getByText("Nobody has uploaded this picture.").waitFor();
  await page.keyboard.press("Escape");

  const edges = page.getByRole("table", { name: "Shorter edge, pixels" }).getByRole("row");
  expect(await edges.allInnerTexts()).toEqual([
    expect.stringMatching(/32–48\s+12/),
    expect.stringMatching(/48–64\s+0/),
    expect.stringMatching(/from 64\s+40,000/),
  ]);
}, 120_000);

test("a data set that nobody has looked at says who would", async () => {
  const { page } = await openPage(browser, { url: served.url });
  await visit(page, addressOf("fashion-mnist"));
  await page.getByText("A worker that has the data set compares them once").waitFor();
}, 60_000);

test("transforms are tried on its pictures, and go on to the form for a new run", async () => {
  const { page } = await openPage(browser, { url: served.url });
  await visit(page, addressOf("cifar10"));
  await page.getByRole("tab", { name: "Augmentation" }).click();
  await page.getByRole("columnheader", { name: "Epoch 6" }).waitFor();
  const drawnOf = (row: number) => page.getByRole("row").nth(row).getByRole("listitem").allInnerTexts();
  // The preset that it starts with.
  expect((await drawnOf(1)).slice(0, 3)).toEqual([
    expect.stringMatching(/^RandomCrop top=-?\d left=-?\d$/),
    expect.stringMatching(/^RandomHorizontalFlip (yes|–)$/),
    expect.stringMatching(/^RandomErasing /),
  ]);
  const pixelsOf = (name: string) =>
    page
      .getByRole("img", { name })
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const before = await pixelsOf("airplane in epoch 1");
  expect(await pixelsOf("airplane in epoch 2")).not.toBe(before);
  await page.getByRole("button", { name: "Draw again" }).click();
  await untilTrue(async () => (await pixelsOf("airplane in epoch 1")) !== before);

  // Nothing is drawn, and every epoch sees the picture as it is.
  await page.getByRole("combobox", { name: "Transforms" }).click();
  await page.getByRole("option", { name: "None" }).click();
  await untilTrue(async () => (await page.getByRole("row").getByRole("listitem").count()) === 0);
  await untilTrue(async () => (await page.getByRole("columnheader", { name: "Epoch 6" }).count()) === 1);
  expect(await pixelsOf("airplane in epoch 6")).toBe(await pixelsOf(`${pictureId(0)}, airplane`));

  await page.getByRole("combobox", { name: "Transforms" }).click();
  await page.getByRole("option", { name: "Strong" }).click();
  await page
    .getByRole("listitem")
    .filter({ hasText: /^(MixUp|CutMix) keeps \d+%$/ })
    .first()
    .waitFor();
  await page.getByRole("link", { name: "New run with it" }).click();
  await page.waitForURL(/\/runs\/new\?config=/);
  await untilTrue(
    async () => (await page.getByRole("combobox", { name: "Data set" }).inputValue()) === "cifar10",
  );
  await page.getByRole("tab", { name: "JSON" }).click();
  const text = await page.getByRole("textbox", { name: "Config" }).inputValue();
  expect(JSON.parse(text)).toEqual({ data: { source: "cifar10" }, transforms: "strong" });
}, 120_000);
