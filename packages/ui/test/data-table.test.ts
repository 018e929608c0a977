import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { browserPath, useGallery } from "./browser.js";

const { open } = useGallery();

const gridOf = (page: Page) => page.getByRole("grid", { name: "Runs", exact: true });
const textOf = (page: Page, id: string) => page.getByTestId(id).textContent();
const activeRow = (page: Page) =>
  gridOf(page).evaluate((grid) => {
    const id = grid.getAttribute("aria-activedescendant");
    return id === null ? null : (document.getElementById(id)?.getAttribute("aria-rowindex") ?? null);
  });
const headers = (page: Page) =>
  gridOf(page)
    .locator("thead [data-column]")
    .evaluateAll((cells) => cells.map((cell) => (cell as HTMLElement).dataset.column));

describe.skipIf(browserPath === undefined)("DataTable in a browser", () => {
  test("a thousand rows, of which a screenful stands in the document, first to last", async () => {
    const page = await open("tables");
    const rows = gridOf(page).locator("tbody tr:not([aria-hidden])");
    expect(await rows.count()).toBeLessThan(40);
    await gridOf(page).focus();
    await page.keyboard.press("End");
    await expect.poll(() => activeRow(page)).toBe("1001");
    expect(await rows.count()).toBeLessThan(40);
    await expect.poll(() => textOf(page, "ends")).not.toBe("0");
    await page.keyboard.press("Home");
    await expect.poll(() => activeRow(page)).toBe("2");
    await page.close();
  });

  test("keys move, select and open", async () => {
    const page = await open("tables");
    await gridOf(page).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await expect.poll(() => textOf(page, "selected")).toBe("run-2 run-0");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await expect.poll(() => textOf(page, "selected")).toBe("run-2 run-0 run-1 run-3");
    await page.keyboard.press("Space");
    await expect.poll(() => textOf(page, "selected")).toBe("run-2 run-0 run-1");
    await page.keyboard.press("Enter");
    await expect.poll(() => textOf(page, "opened")).toBe("run-3");
    await page.close();
  });

  test("Shift selects from the last row to this one; the head selects all", async () => {
    const page = await open("tables");
    const check = (index: number) =>
      gridOf(page)
        .getByRole("checkbox")
        .nth(index + 1);
    await check(4).click();
    await check(7).click({ modifiers: ["Shift"] });
    await expect.poll(() => textOf(page, "selected")).toBe("run-2 run-4 run-5 run-6 run-7");
    const all = page.getByRole("checkbox", { name: "Select all" }).first();
    expect(await all.evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true);
    await all.click();
    await expect.poll(async () => (await textOf(page, "selected"))?.split(" ").length).toBe(1000);
    await all.click();
    await expect.poll(() => textOf(page, "selected")).toBe("");
    await page.close();
  });

  test("heads sort, numbers from the top", async () => {
    const page = await open("tables");
    const head = gridOf(page).getByRole("columnheader", { name: "val_accuracy (best)" });
    await head.getByRole("button").click();
    await expect.poll(() => head.getAttribute("aria-sort")).toBe("descending");
    await head.getByRole("button").click();
    await expect.poll(() => head.getAttribute("aria-sort")).toBe("ascending");
    await page.close();
  });

  test("the pointer resizes a column and moves it, without sorting by it", async () => {
    const page = await open("tables");
    await gridOf(page).scrollIntoViewIfNeeded();
    const status = gridOf(page).locator('[data-column="status"]');
    const before = await status.boundingBox();
    const handle = await gridOf(page).locator('[data-resize="status"]').boundingBox();
    if (!before || !handle) throw new Error("Expected a head. Received: none.");
    await page.mouse.move(handle.x + 4, handle.y + 10);
    await page.mouse.down();
    await page.mouse.move(handle.x + 64, handle.y + 10, { steps: 3 });
    await page.mouse.up();
    await expect.poll(async () => (await status.boundingBox())?.width).toBe(before.width + 60);

    const model = await gridOf(page).locator('[data-column="model"]').boundingBox();
    if (!model) throw new Error("Expected a head. Received: none.");
    await page.mouse.move(model.x + 30, model.y + 15);
    await page.mouse.down();
    await page.mouse.move(before.x + 20, before.y + 15, { steps: 5 });
    await page.mouse.up();
    await expect
      .poll(() => headers(page))
      .toEqual([
        "name",
        "model",
        "status",
        "accuracy",
        "loss",
        "curve",
        "learningRate",
        "batchSize",
        "seed",
        "duration",
      ]);
    expect(await gridOf(page).locator('[aria-sort="ascending"], [aria-sort="descending"]').count()).toBe(0);
    await page.close();
  });

  test("the Columns menu hides, moves and widens by keyboard, and resets", async () => {
    const page = await open("tables");
    const original = await headers(page);
    await page.getByRole("button", { name: /^Columns/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("checkbox", { name: "Status" }).press("Space");
    await expect.poll(() => headers(page)).toEqual(original.filter((id) => id !== "status"));
    await page.getByRole("button", { name: "Earlier: seed" }).press("Enter");
    await expect.poll(async () => (await headers(page)).slice(-3)).toEqual(["seed", "batchSize", "duration"]);
    const width = async () => (await gridOf(page).locator('[data-column="model"]').boundingBox())?.width ?? 0;
    const before = await width();
    await page.getByRole("button", { name: "Wider: model" }).press("Enter");
    await expect.poll(width).toBe(before + 24);
    await page.getByRole("searchbox", { name: "Find a column" }).fill("dura");
    expect(await page.getByRole("button", { name: /^Later:/ }).count()).toBe(1);
    await page.getByRole("button", { name: "Reset", exact: true }).press("Enter");
    await expect.poll(() => headers(page)).toEqual(original);
    await page.close();
  });

  test("groups open and close by keyboard and by click", async () => {
    const page = await open("tables");
    const grid = page.getByRole("treegrid", { name: "Runs by model" });
    const count = () => grid.locator("tbody tr").count();
    expect(await count()).toBe(4 + 3);
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(count).toBe(4);
    await page.keyboard.press("ArrowRight");
    await expect.poll(count).toBe(7);
    await grid.getByText("resnet20", { exact: true }).click();
    await expect.poll(count).toBe(10);
    await page.close();
  });

  test("on a phone the name stays while the rest scrolls under it", async () => {
    const page = await open("tables", { viewport: { width: 390, height: 800 }, hasTouch: true });
    const scroller = gridOf(page).locator("..");
    const name = gridOf(page).locator('[data-column="name"]');
    const before = await name.boundingBox();
    await scroller.evaluate((element) => element.scrollTo({ left: 400, top: 600 }));
    await expect.poll(() => scroller.evaluate((element) => element.scrollLeft)).toBe(400);
    const after = await name.boundingBox();
    expect(after).toEqual(before);
    expect(before?.width).toBeLessThan(200);
    const rowName = await gridOf(page).locator('tbody th[scope="row"]').first().boundingBox();
    expect(rowName?.x).toBe(before?.x);
    await page.close();
  });
});
