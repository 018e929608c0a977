import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { browserPath, useGallery } from "./browser.js";

const { open } = useGallery();

const plotOf = (page: Page, name: string) => page.getByTestId(name).getByRole("application");
const zoomOf = (page: Page) => page.getByTestId("zoom").textContent();

async function zoomRange(page: Page): Promise<[number, number]> {
  await expect.poll(() => zoomOf(page)).not.toBe("full");
  const [min = NaN, max = NaN] = ((await zoomOf(page)) ?? "").split(" ").map(Number);
  return [min, max];
}

/** Coordinates at shares of the plotting area. */
async function pointIn(plot: Locator, x: number, y: number): Promise<[number, number]> {
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.locator(".u-over").boundingBox();
  if (box === null) throw new Error("Expected a plot. Received: none.");
  return [box.x + box.width * x, box.y + box.height * y];
}

describe.skipIf(browserPath === undefined)("CurveChart in a browser", () => {
  test("a drag zooms every chart that shares the zoom, a double click shows all again", async () => {
    const page = await open("curves");
    const plot = plotOf(page, "few");
    await page.mouse.move(...(await pointIn(plot, 0.25, 0.5)));
    await page.mouse.down();
    await page.mouse.move(...(await pointIn(plot, 0.4, 0.5)));
    await page.mouse.move(...(await pointIn(plot, 0.5, 0.6)));
    await page.mouse.up();
    const [min, max] = await zoomRange(page);
    // The longest of the four curves ends at 399 × 12.
    expect(min / 4788).toBeCloseTo(0.25, 1);
    expect(max / 4788).toBeCloseTo(0.5, 1);
    for (const name of ["many", "few", "diverged"]) {
      expect(await page.getByTestId(name).getByRole("button", { name: "Reset zoom" }).count()).toBe(1);
    }
    await page.mouse.dblclick(...(await pointIn(plot, 0.5, 0.5)));
    await expect.poll(() => zoomOf(page)).toBe("full");
    await page.close();
  });

  test("the pointer shows all values, sorted; synced charts show the place without a tooltip", async () => {
    const page = await open("curves");
    await page.mouse.move(...(await pointIn(plotOf(page, "few"), 0.5, 0.5)));
    const rows = page.getByTestId("few").locator(".shadow-raised tr");
    await expect.poll(() => rows.count()).toBe(4);
    const values = await rows.locator("td:nth-child(3)").allTextContents();
    expect(values.map(Number)).toEqual(values.map(Number).sort((a, b) => b - a));
    expect(await page.getByTestId("diverged").locator(".shadow-raised").count()).toBe(0);
    expect(await page.getByTestId("diverged").locator(".u-cursor-pt").count()).toBeGreaterThan(0);
    await page.mouse.move(5, 5);
    await expect.poll(() => rows.count()).toBe(0);
    expect(await page.getByTestId("diverged").locator(".u-cursor-pt").count()).toBe(0);
    await page.close();
  });

  test("keys read the values aloud, zoom, and lead back", async () => {
    const page = await open("curves");
    const plot = plotOf(page, "few");
    const spoken = page.getByTestId("few").locator('p[role="status"]');
    await plot.focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => spoken.textContent()).toMatch(/^step 0\. resnet9-s0: [\d.]+, resnet20-s1: /);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => spoken.textContent()).toMatch(/^step 10\./);
    await page.keyboard.press("End");
    await expect.poll(() => spoken.textContent()).toMatch(/^step 3,990\./);
    await page.keyboard.press("Home");
    for (let i = 0; i < 10; i++) await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("+");
    const [min, max] = await zoomRange(page);
    expect(max - min).toBeGreaterThan(2000);
    expect(max - min).toBeLessThan(2600);
    await page.keyboard.press("-");
    await expect.poll(() => zoomOf(page)).toBe("full");
    await page.keyboard.press("+");
    await page.keyboard.press("Escape");
    await expect.poll(() => zoomOf(page)).toBe("full");
    await page.close();
  });

  test("a run that diverged is marked at the edge and said below", async () => {
    const page = await open("curves");
    const chart = page.getByTestId("diverged");
    expect(await chart.getByText("resnet20-s1: 100 values not finite from step 2,200").count()).toBe(1);
    const colored = await chart.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
      const strip = canvas
        .getContext("2d")
        ?.getImageData(Math.floor(canvas.width * 0.7), 8, Math.floor(canvas.width * 0.25), 6);
      let count = 0;
      for (let i = 3; i < (strip?.data.length ?? 0); i += 4) count += Number((strip?.data[i] ?? 0) > 128);
      return count;
    });
    expect(colored).toBeGreaterThan(50);
    await page.close();
  });

  test("one point, no points, a constant, all NaN: each is drawn or said", async () => {
    const page = await open("curves");
    expect(await page.getByTestId("no-points").getByText("No points yet").count()).toBe(1);
    expect(await page.getByTestId("all-nan").getByText("4 values not finite").count()).toBe(1);
    for (const name of ["one-point", "constant", "all-nan"]) {
      const inked = await page
        .getByTestId(name)
        .locator("canvas")
        .evaluate((canvas: HTMLCanvasElement) => {
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d")?.getImageData(0, 0, width, height) ?? { data: [] };
          let blue = 0;
          for (let i = 0; i < data.length; i += 4) {
            blue += Number((data[i + 3] ?? 0) > 128 && (data[i + 2] ?? 0) - (data[i] ?? 0) > 60);
          }
          return blue;
        });
      expect(inked, name).toBeGreaterThan(10);
    }
    await page.close();
  });

  test("the menu saves what is drawn", async () => {
    const page = await open("curves");
    const save = async (entry: string) => {
      await page.getByRole("button", { name: "Options of loss", exact: true }).click();
      const download = page.waitForEvent("download");
      await page.getByRole("menuitem", { name: entry }).click();
      const file = await download;
      return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
    };
    const csv = await save("Save the drawn points as CSV");
    expect(csv.name).toBe("loss.csv");
    expect(csv.content.toString().split("\r\n")).toHaveLength(4 * 400 + 2);
    const png = await save("Save as PNG");
    expect(png.name).toBe("loss.png");
    expect(png.content.subarray(1, 4).toString()).toBe("PNG");
    expect(png.content.length).toBeGreaterThan(5000);
    await page.close();
  });

  test("hidden curves leave chart and table; the y axis can be logarithmic", async () => {
    const page = await open("curves");
    const few = page.getByTestId("few");
    await few.getByRole("button", { name: "resnet9-s0" }).click();
    await expect
      .poll(() => few.getByRole("button", { name: "resnet9-s0" }).getAttribute("aria-pressed"))
      .toBe("false");
    await expect.poll(() => few.locator("table tbody tr").count()).toBe(3);
    await few.getByRole("button", { name: "Options of loss" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Logarithmic y axis" }).click();
    await expect.poll(() => page.getByRole("menuitemcheckbox").getAttribute("aria-checked")).toBe("true");
    await page.close();
  });

  test("follows the width of its place", async () => {
    const page = await open("curves");
    const canvas = page.getByTestId("many").locator("canvas");
    const wide = (await canvas.boundingBox())?.width ?? 0;
    await page.setViewportSize({ width: 390, height: 800 });
    await expect.poll(async () => (await canvas.boundingBox())?.width ?? 0).toBeLessThan(360);
    expect(wide).toBeGreaterThan(1000);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.close();
  });
});
