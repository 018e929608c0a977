import { describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { browserPath, useGallery } from "./browser.js";

const { open } = useGallery();

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

describe.skipIf(browserPath === undefined)("in a browser", () => {
  test("ConfusionMatrix: one stop for Tab, arrows move, Enter opens the pictures", async () => {
    const page = await open("matrices");
    const matrix = page.getByRole("grid", { name: "Confusion matrix" }).first();
    await matrix.locator('button[tabindex="0"]').focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => focused(page)).toMatch(/^label bird, predicted automobile: \d+ pictures?$/);
    expect(await matrix.locator('button[tabindex="0"]').count()).toBe(1);
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByTestId("cell").textContent()).toBe("bird automobile");
    await page.keyboard.press("End");
    await expect.poll(() => focused(page)).toMatch(/^label bird, predicted truck/);
    await page.close();
  });

  test("ConfusionMatrix: a hundred classes scroll under their names, corner to corner", async () => {
    const page = await open("matrices");
    const matrix = page.getByTestId("hundred").getByRole("grid");
    const cells = matrix.locator("button");
    expect(await cells.count()).toBeLessThan(4000);
    await matrix.locator('button[tabindex="0"]').focus();
    await page.keyboard.press("Control+End");
    await expect.poll(() => focused(page)).toMatch(/^label class 100, predicted class 100: /);
    const cell = await matrix.locator(":focus").boundingBox();
    const rowName = await matrix.getByRole("rowheader", { name: "class 100" }).boundingBox();
    const columnName = await matrix.getByRole("columnheader", { name: "class 100" }).boundingBox();
    const box = await matrix.locator("..").boundingBox();
    expect(
      cell && box && cell.x + cell.width <= box.x + box.width && cell.y + cell.height <= box.y + box.height,
    ).toBe(true);
    expect(rowName && box && Math.abs(rowName.x - box.x)).toBeLessThan(3);
    expect(columnName && box && Math.abs(columnName.y - box.y)).toBeLessThan(3);
    expect(await cells.count()).toBeLessThan(4000);
    await page.close();
  });

  test("ConfusionMatrix: the pointer's row and column stand out, and the cell is put into words", async () => {
    const page = await open("matrices");
    const card = page.locator("#confusion");
    await card.getByRole("button", { name: /^label cat, predicted bird/ }).hover();
    await expect
      .poll(() => card.getByText(/^cat taken for bird: \d+ of [\d,]+ \([\d.]+%\)$/).count())
      .toBe(1);
    await page.close();
  });

  test("PictureGrid: ten thousand pictures, a few in the document, all within reach of the keys (aim #2180)", async () => {
    const page = await open("pictures");
    const gallery = page.getByRole("list", { name: "Mistakes, 10000 pictures" });
    const tiles = gallery.getByRole("button");
    expect(await tiles.count()).toBeLessThan(250);
    await gallery.locator('button[tabindex="0"]').focus();
    await page.keyboard.press("End");
    await expect.poll(() => gallery.locator(":focus").getAttribute("data-picture")).toBe("9999");
    expect(await tiles.count()).toBeLessThan(250);
    await page.keyboard.press("ArrowUp");
    const above = Number(await gallery.locator(":focus").getAttribute("data-picture"));
    expect(above).toBeGreaterThan(9980);
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByTestId("opened-picture").textContent()).toBe(`picture-${above}`);
    await page.keyboard.press("Home");
    await expect.poll(() => gallery.locator(":focus").getAttribute("data-picture")).toBe("0");
    await page.close();
  });

  test("PictureGrid: a picture that cannot be loaded gets the placeholder", async () => {
    const page = await open("pictures");
    const broken = page.locator('[data-picture="7"]');
    await broken.scrollIntoViewIfNeeded();
    await expect.poll(() => broken.textContent()).toContain("picture missing");
    expect(await broken.locator("img").count()).toBe(0);
    expect(await page.locator('[data-picture="6"] img').getAttribute("loading")).toBe("lazy");
    await page.close();
  });

  test("ParallelCoordinates: a drag on an axis filters, a click on it ends that, keys do the same", async () => {
    const page = await open("matrices");
    const chart = page.getByRole("group", { name: /^Runs by params/ });
    const brushes = () => page.getByTestId("brushes").textContent();
    const axis = page.locator('[data-brush="learningRate"]');
    await axis.scrollIntoViewIfNeeded();
    const box = await axis.boundingBox();
    if (!box) throw new Error("Expected an axis. Received: none.");
    await page.mouse.move(box.x + 14, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + 14, box.y + box.height * 0.25, { steps: 4 });
    await page.mouse.up();
    await expect.poll(brushes).toContain("learningRate");
    const label = (await chart.getAttribute("aria-label")) ?? "";
    const passing = Number(/: (\d+) of 1000 runs/.exec(label)?.[1]);
    expect(passing).toBeGreaterThan(150);
    expect(passing).toBeLessThan(350);
    await page.mouse.click(box.x + 14, box.y + 5);
    await expect.poll(brushes).toBe("{}");

    await page.getByRole("slider", { name: "model, lower end" }).press("ArrowUp");
    await expect.poll(brushes).toBe('{"model":{"values":["resnet20","simple-cnn","airbench94"]}}');
    await page.getByRole("slider", { name: "model, lower end" }).press("Escape");
    await expect.poll(brushes).toBe("{}");
    await page.close();
  });

  test("LogView: filters thousands of lines and follows the newest", async () => {
    const page = await open("facts");
    const log = page.getByRole("log", { name: "Log" });
    await expect.poll(() => log.getByText("step 4999").count()).toBe(1);
    expect(await log.locator("time").count()).toBeLessThan(60);
    await page.getByRole("searchbox", { name: "Filter Log" }).fill("became nan");
    await expect.poll(() => page.getByText("52 of 5,000 lines").count()).toBe(1);
    await page.close();
  });

  test("ConfirmDialog: nothing is lost until the word is typed; Escape leads back", async () => {
    const page = await open("controls");
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const dialog = page.getByRole("alertdialog", { name: "Delete 3 runs?" });
    const confirm = dialog.getByRole("button", { name: "Delete 3 runs" });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole("textbox").fill("delete");
    expect(await confirm.isEnabled()).toBe(true);
    await page.keyboard.press("Escape");
    await expect.poll(() => dialog.count()).toBe(0);
    await page.getByRole("button", { name: "Delete", exact: true }).press("Enter");
    expect(await dialog.getByRole("textbox").inputValue()).toBe("");
    await page.close();
  });
});
