/** The pages in a browser, over the built server and a seeded home: what a reviewer does, and what must come of it. */
import { existsSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeTrainEvents, encodeTrainEvent } from "@convkit/schema";
import { unzipSync } from "fflate";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { startNetworkTo, type Network } from "./cut-network.js";
import { openBrowser, openPage, settled, visit, type WatchedPage } from "./open-browser.js";
import { HOSTILE_NAME } from "./seed-home.js";
import { serveDashboard, type ServedDashboard } from "./serve-dashboard.js";
import { untilTrue } from "./until-true.js";

let served: ServedDashboard;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [served, browser] = await Promise.all([serveDashboard(), openBrowser()]);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

beforeEach(async () => {
  watched = await openPage(browser, served);
  ({ page } = watched);
});

afterEach(async () => {
  await page.context().close();
  expect(watched.foreign).toEqual([]);
});

const at = (path: string) => `${served.url}${path}`;
/** Groups make a tree of it. */
const table = () => page.getByRole("grid", { name: "Runs" }).or(page.getByRole("treegrid", { name: "Runs" }));
const names = () => table().locator("tbody th[scope='row']");
const query = () => new URL(page.url()).searchParams;

/** The names in the table's order, once they are as many as expected. */
async function rowNames(count: number): Promise<string[]> {
  await untilTrue(async () => (await names().count()) === count);
  return (await names().allInnerTexts()).map((name) => name.trim());
}

async function hasText(locator: Locator, text: string): Promise<void> {
  await locator.filter({ hasText: text }).first().waitFor();
}

test("a filter is typed, applied by Enter, kept in the address, and restored by a reload", async () => {
  await visit(page, at("/runs"));
  await rowNames(12);
  await page.getByRole("combobox", { name: "Filter" }).fill("val_accuracy > 0.93 and model = resnet9");
  await page.keyboard.press("Enter");
  const found = await rowNames(3);
  expect(found.every((name) => name.startsWith("resnet9, seed"))).toBe(true);
  expect(query().get("filter")).toBe("val_accuracy > 0.93 and model = resnet9");
  await page.reload();
  expect(await rowNames(3)).toEqual(found);
});

test("completions are offered where they fit, and taken with the keyboard", async () => {
  await visit(page, at("/runs"));
  const box = page.getByRole("combobox", { name: "Filter" });
  await box.click();
  await page.keyboard.type("stat");
  await page.getByRole("option", { name: /^status/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.type("= fail");
  await page.getByRole("option", { name: "failed" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  expect(await box.inputValue()).toBe("status = failed ");
  await page.keyboard.press("Enter");
  expect(await rowNames(1)).toEqual(["resnet9, rate too high"]);
});

test("an error in a filter is shown where it lies", async () => {
  await visit(page, at(`/runs?filter=${encodeURIComponent("val_accuracy > 0.9 and modell = resnet9")}`));
  const alert = page.locator("main [role='alert']");
  await hasText(alert, "Near it: model");
  expect(await alert.locator("mark").innerText()).toBe("modell");
});

test("the server orders by any column, and the address says so", async () => {
  await visit(page, at("/runs"));
  await rowNames(12);
  await table().getByRole("button", { name: "val_accuracy best" }).click();
  await untilTrue(async () => (await names().first().innerText()).trim() === "resnet9, seed 0");
  expect(query().get("sort")).toBe("-best.val_accuracy");
  await table().getByRole("button", { name: "val_accuracy best" }).click();
  await untilTrue(async () => (await names().first().innerText()).trim() === "resnet9, rate too high");
});

test("columns persist: in the address, over a reload, and for an address that names none (mlflow #20129)", async () => {
  await visit(page, at("/runs"));
  await page.getByRole("button", { name: /^Columns/ }).click();
  await page.getByRole("searchbox", { name: "Find a column" }).fill("learningRate");
  await page.getByRole("checkbox", { name: "learningRate", exact: true }).click();
  await page.keyboard.press("Escape");
  await table().getByRole("columnheader", { name: "learningRate" }).waitFor();
  expect(query().get("cols")).toContain("param.learningRate");
  await page.reload();
  await table().getByRole("columnheader", { name: "learningRate" }).waitFor();
  await visit(page, at("/runs"));
  await table().getByRole("columnheader", { name: "learningRate" }).waitFor();
  expect(query().get("cols")).toContain("param.learningRate");
});

test("groups show mean and deviation over seeds, and expand to their runs", async () => {
  const mean = await served.client.runs.group.query({ by: ["model"], metrics: ["val_accuracy"] });
  const resnet20 = mean.find(({ values }) => values[0] === "resnet20")!;
  await visit(page, at("/runs"));
  await rowNames(12);
  await page.getByRole("button", { name: "Group" }).click();
  await page.getByRole("checkbox", { name: "model", exact: true }).click();
  await page.keyboard.press("Escape");
  const group = table().locator("tr[aria-expanded]").filter({ hasText: "model resnet20" });
  await group.waitFor();
  expect(query().get("group")).toBe("model");
  const { mean: average, deviation } = resnet20.metrics["val_accuracy"]!;
  await hasText(group, average.toFixed(4).slice(0, 4));
  await hasText(group, `± ${deviation!.toFixed(4).slice(0, 4)}`);
  await group.click();
  await untilTrue(async () => (await table().locator("tr[aria-selected]").count()) === resnet20.count);
});

test("a saved view brings back columns, filter, order and groups", async () => {
  const saved = "/runs?filter=model+%3D+resnet9&sort=best.val_loss&cols=best.val_loss,param.seed";
  await visit(page, at(saved));
  const found = await rowNames(5);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("textbox", { name: "Name of the view" }).fill("Losses of resnet9");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Losses of resnet9", exact: true }).last().waitFor();
  await visit(page, at("/runs"));
  await rowNames(12);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: "Losses of resnet9", exact: true }).click();
  expect(await rowNames(5)).toEqual(found);
  expect(query().get("cols")).toBe("best.val_loss,param.seed");
});

test("a run at work moves without a reload", async () => {
  await visit(page, at("/runs?q=airbench94&cols=progress"));
  const row = table().locator("tr[aria-selected]").filter({ hasText: "44%" });
  await row.waitFor();
  const journal = join(served.home, "runs", served.ids.running, "events.jsonl");
  const { events } = decodeTrainEvents(await readFile(journal, "utf8"));
  const last = events.at(-1)!;
  await appendFile(
    journal,
    encodeTrainEvent({
      ...last,
      sequence: last.sequence + 1,
      timestamp: Date.now(),
      type: "step",
      epoch: 10,
      step: 845,
      logs: { loss: 0.4, accuracy: 0.9, learning_rate: 0.1 },
      imagesPerSecond: 1500,
    }),
  );
  await table().locator("tr[aria-selected]").filter({ hasText: "80%" }).waitFor();
});

test("curves are drawn, and smoothed by the server when the slider rests", async () => {
  await visit(page, at(`/runs/${served.ids.fashion}?tab=curves`));
  const loss = page.locator("[data-chart='loss']");
  await loss.locator(".uplot canvas").waitFor();
  await hasText(loss, "batch_loss");
  const asked = page.waitForRequest((request) =>
    decodeURIComponent(request.url()).includes('"smoothing":0.1'),
  );
  await page.getByRole("slider", { name: "Smoothing" }).focus();
  for (let press = 0; press < 10; press += 1) await page.keyboard.press("ArrowRight");
  await asked;
  expect(query().get("smoothing")).toBe("0.1");
  await page.getByRole("radio", { name: "Epoch" }).click();
  await untilTrue(() => Promise.resolve(query().get("x") === "epoch"));
  await page
    .getByRole("application", { name: /by epoch/ })
    .first()
    .waitFor();
});

test("zooming one chart zooms the others, and reads the stretch in full", async () => {
  await visit(page, at(`/runs/${served.ids.fashion}?tab=curves`));
  const accuracy = page.locator("[data-chart='accuracy']");
  await accuracy.locator(".uplot canvas").waitFor();
  const asked = page.waitForRequest((request) => decodeURIComponent(request.url()).includes('"range"'));
  await page.locator("[data-chart='loss']").getByRole("application").focus();
  await page.keyboard.press("+");
  await asked;
  await accuracy.getByRole("button", { name: "Reset zoom" }).waitFor();
});

test("a cell of the confusion matrix opens its pictures", async () => {
  const report = await served.client.runs.report.query({ runId: served.ids.resnet9Seed0, split: "test" });
  const [label, prediction] = [8, 0];
  const count = report!.confusionMatrix[label]![prediction]!;
  expect(count).toBeGreaterThan(0);
  await visit(page, at(`/runs/${served.ids.resnet9Seed0}?tab=evaluation`));
  await page.locator(`[data-cell='${label},${prediction}']`).click();
  const dialog = page.getByRole("dialog", { name: "ship taken for airplane" });
  const pictures = dialog.getByRole("listitem");
  await untilTrue(async () => (await pictures.count()) === count);
  await untilTrue(() =>
    pictures
      .first()
      .locator("img")
      .evaluate((image) => (image as HTMLImageElement).naturalWidth === 32),
  );
});

test("two runs are ticked and compared: curves, metrics, settings, pictures", async () => {
  await visit(page, at("/runs"));
  await page.getByRole("checkbox", { name: "Select resnet9, seed 0" }).click();
  await page.getByRole("checkbox", { name: "Select resnet20, seed 0" }).click();
  await page.getByRole("button", { name: "Compare" }).click();
  await page.waitForURL(/\/compare\?runs=/);
  await hasText(page.locator("[data-chart='val_accuracy']"), "resnet20, seed 0");
  await page.getByRole("tab", { name: "Metrics" }).click();
  await hasText(page.getByRole("row", { name: /^val_accuracy/ }), "0.0194");
  await page.getByRole("tab", { name: "Config" }).click();
  const settings = page.getByRole("region", { name: "Settings of the runs" });
  await hasText(settings, "model.name");
  expect(await settings.getByRole("row", { name: /^epochs/ }).count()).toBe(0);
  await page.getByRole("tab", { name: "Pictures" }).click();
  await hasText(page.getByRole("heading", { level: 2 }), "Pictures on which they disagree");
});

test("a comparison's charts stand before their curves are here, whatever comes first", async () => {
  const ids = [served.ids.adamw, served.ids.stopped].map(encodeURIComponent).join(",");
  const chart = page.locator("[data-chart='val_accuracy']");
  const legend = chart.getByRole("list", { name: "Legend" });
  for (const held of ["runs.series", "runs.byId"]) {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const isHeld = (url: URL) => url.pathname.includes(held);
    await page.route(isHeld, async (route) => {
      await released;
      await route.continue();
    });
    await page.goto(at(`/compare?runs=${ids}`));
    if (held === "runs.series") {
      // Names and frame are there; that there are no points is not said of points on their way.
      await hasText(legend, "resnet9, half the rate");
      expect(await chart.getByRole("figure").getAttribute("aria-busy")).toBe("true");
      expect(await chart.getByText("No points yet").count()).toBe(0);
    } else {
      // The curves are drawn, under the only names that are known.
      await hasText(legend, served.ids.stopped);
    }
    release();
    await hasText(legend, "resnet9, half the rate");
    await chart.locator("table tbody tr").nth(1).waitFor({ state: "attached" });
    expect(await chart.locator("[aria-busy]").count()).toBe(0);
    await page.unroute(isHeld);
  }
  expect(watched.problems).toEqual([]);
});

test("a run is renamed, tagged and written about, and nothing in a note runs or is fetched", async () => {
  await visit(page, at(`/runs/${served.ids.stopped}`));
  await page.getByRole("button", { name: "resnet9, half the rate" }).click();
  await page.getByRole("textbox", { name: "Name of the run" }).fill("half the rate");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "half the rate", exact: true }).waitFor();
  const note =
    "**Better** <img src=x onerror=alert(1)> [x](javascript:alert(2)) ![p](http://192.0.2.1/p.png)";
  await page.getByRole("textbox", { name: "New note" }).fill(note);
  await page.getByRole("button", { name: "Add the note" }).click();
  await page.locator(".prose-note strong", { hasText: "Better" }).waitFor();
  expect(await page.locator(".prose-note :is(img, a)").count()).toBe(0);
  expect(watched.problems).toEqual([]);
});

test("names that mean harm are texts", async () => {
  await visit(page, at("/runs"));
  expect(await rowNames(12)).toContain(HOSTILE_NAME);
  await visit(page, at(`/runs/${served.ids.adamw}`));
  await hasText(page.getByRole("heading", { level: 1 }), HOSTILE_NAME);
  expect(watched.problems).toEqual([]);
});

test("the keyboard reaches everything that matters", async () => {
  await visit(page, at("/runs"));
  await rowNames(12);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor({ state: "hidden" });
  await page.keyboard.press("/");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Search runs");
  await page.keyboard.type("nightly");
  expect(await rowNames(1)).toEqual(["resnet9, seed 2"]);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/runs/${served.ids.resnet9Seed2}$`));
  await settled(page);
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await page.waitForURL(/\/models$/);
});

test("a run becomes a version of a model, and an alias moves to it", async () => {
  for (const id of [served.ids.resnet9Seed0, served.ids.resnet9Seed1]) {
    await visit(page, at(`/runs/${id}`));
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Register as model version" }).click();
    await page
      .getByRole("textbox", { name: "Model" })
      .or(page.getByRole("combobox", { name: "Model" }))
      .fill("small pictures");
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  }
  await visit(page, at("/models/small%20pictures"));
  for (const version of ["Version 1", "Version 2"]) {
    const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: version }) });
    await card.getByRole("button", { name: "Alias" }).click();
    await page.getByRole("button", { name: /^champion/ }).click();
    await card.getByRole("button", { name: "Take the alias champion away" }).waitFor();
  }
  expect(await page.getByRole("button", { name: "Take the alias champion away" }).count()).toBe(1);
  await page.getByRole("link", { name: "Compare with champion" }).waitFor();

  // What others are compared with is chosen among the aliases, and kept in the address.
  const first = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Version 1" }) });
  await first.getByRole("button", { name: "Alias" }).click();
  await page.getByRole("textbox", { name: "Another alias" }).fill("last-year");
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Compared with" }).click();
  await page.getByRole("option", { name: "last-year → v1" }).click();
  await page.getByRole("link", { name: "Compare with last-year" }).waitFor();
  expect(page.url()).toContain("against=last-year");

  // The card is read from the version's own file.
  await first.getByText("Card", { exact: true }).click();
  await first.getByText("Resize(size 32)").waitFor();
  await first.getByText("32 × 32 × 3 (height, width, channels)").waitFor();
});

test("a trained network is taken along whole, as a ZIP", async () => {
  const id = served.ids.resnet9Seed0;
  await visit(page, at(`/runs/${id}?tab=artifacts`));
  const begun = page.waitForEvent("download");
  // The first is of all files, and each folder of several has its own.
  await page.getByRole("link", { name: "All as ZIP" }).nth(1).click();
  const download = await begun;
  expect(download.suggestedFilename()).toBe(`${id}-model.zip`);
  const files = unzipSync(await readFile(await download.path()));
  expect(Object.keys(files).sort()).toEqual([
    "model/model-card.json",
    "model/model.json",
    "model/weights.bin",
  ]);
  const folder = join(served.home, "runs", id);
  for (const [path, bytes] of Object.entries(files)) {
    expect(Buffer.from(bytes).equals(await readFile(join(folder, path))), path).toBe(true);
  }
  const whole = await fetch(at(`/api/runs/${id}/archive`));
  const bytes = new Uint8Array(await whole.arrayBuffer());
  expect(whole.headers.get("content-length")).toBe(String(bytes.length));
  expect(Object.keys(unzipSync(bytes))).toEqual(expect.arrayContaining(["predictions.bin", "report.json"]));
  expect((await fetch(at(`/api/runs/${id}/archive/nothing`))).status).toBe(404);
  // A folder's name is no pattern: neither a beginning of one nor a wildcard finds it.
  for (const name of ["mod", "mode_", "%25"]) {
    expect((await fetch(at(`/api/runs/${id}/archive/${name}`))).status, name).toBe(404);
  }
});

test("runs are archived, and one thought better of it", async () => {
  await visit(page, at("/runs"));
  await rowNames(12);
  await page.getByRole("checkbox", { name: "Select resnet9, seed 2" }).click();
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  expect(await rowNames(11)).not.toContain("resnet9, seed 2");
  await page.getByRole("button", { name: "Undo" }).click();
  expect(await rowNames(12)).toContain("resnet9, seed 2");
});

test("a run at work is asked to stop by a file in its folder", async () => {
  await visit(page, at(`/runs/${served.ids.running}`));
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("button", { name: "Stop the run" }).click();
  const file = join(served.home, "runs", served.ids.running, "request.json");
  await untilTrue(() => Promise.resolve(existsSync(file)));
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ formatVersion: 1, action: "stop" });
});

test("a deleted run is gone from table and disk, and says how many bytes came back (tensorboard #785)", async () => {
  const folder = join(served.home, "runs", served.ids.interrupted);
  expect(existsSync(folder)).toBe(true);
  await visit(page, at("/runs"));
  await rowNames(12);
  await page.getByRole("checkbox", { name: "Select airbench94, first try" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the run" }).click();
  await page.getByText(/^[\d.]+ kB came back$/).waitFor();
  expect(await rowNames(11)).not.toContain("airbench94, first try");
  expect(existsSync(folder)).toBe(false);
});

test("a lost server is told of, and comes back by itself", async () => {
  await visit(page, at("/runs"));
  await rowNames(11);
  await served.stop();
  const banner = page.getByText("The server cannot be reached.");
  await banner.waitFor();
  await served.start();
  await banner.waitFor({ state: "detached" });
});

/** In place of the page that is open. */
async function openPageThroughNetwork(): Promise<Network> {
  const network = await startNetworkTo(served.url);
  onTestFinished(() => network.close());
  await page.context().close();
  watched = await openPage(browser, network);
  ({ page } = watched);
  return network;
}

test("what changed before the page could follow changes is on it once it can", async () => {
  const network = await openPageThroughNetwork();
  const { client, ids } = served;
  const id = ids.fashion;
  const { name } = await client.runs.byId.query(id);
  network.refuse(/runs\.changes/);
  await visit(page, `${network.url}/runs/${id}`);
  await page.getByRole("button", { name, exact: true }).waitFor();
  const banner = page.getByText("The server cannot be reached.");
  await banner.waitFor();
  await client.runs.rename.mutate({ id, name: "renamed early" });
  network.refuse(null);
  await page.getByRole("button", { name: "renamed early", exact: true }).waitFor();
  await banner.waitFor({ state: "detached" });
  await client.runs.rename.mutate({ id, name });
  await page.getByRole("button", { name, exact: true }).waitFor();
});

test("what changed while the network was cut is on the page once it is mended", async () => {
  const network = await openPageThroughNetwork();
  const { client, ids } = served;
  const id = ids.fashion;
  const { name } = await client.runs.byId.query(id);
  await visit(page, `${network.url}/runs/${id}`);
  await page.getByRole("button", { name, exact: true }).waitFor();
  network.cut();
  const banner = page.getByText("The server cannot be reached.");
  await banner.waitFor();
  await client.runs.rename.mutate({ id, name: "renamed meanwhile" });
  network.mend();
  await page.getByRole("button", { name: "renamed meanwhile", exact: true }).waitFor();
  await banner.waitFor({ state: "detached" });
  // And it goes on to follow.
  await client.runs.rename.mutate({ id, name });
  await page.getByRole("button", { name, exact: true }).waitFor();
});
