/** A run from the form into the queue, and what is done to it there; no worker takes it. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { RunConfig, type WorkerDescription } from "@convkit/schema";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { clientOf, type Client } from "./client-of.js";
import { seriousViolations } from "./axe.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { openBrowser, openPage, settled, visit, type WatchedPage } from "./open-browser.js";
import { untilTrue } from "./until-true.js";

let home: string;
let dashboard: DashboardProcess;
let client: Client;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-queue-"));
  [dashboard, browser] = await Promise.all([startDashboard({ home }), openBrowser()]);
  client = clientOf(dashboard.url);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

beforeEach(async () => {
  watched = await openPage(browser, { url: dashboard.url });
  ({ page } = watched);
});

afterEach(async () => {
  await page.context().close();
  expect(watched.foreign).toEqual([]);
  for (const { id } of await openJobs()) await client.jobs.end.mutate({ id, action: "cancel" });
});

const at = (path: string) => `${dashboard.url}${path}`;
const submit = () => page.getByRole("button", { name: "Put into the queue" });
const status = () => page.getByRole("complementary").getByRole("status").first();
const queued = () => page.getByRole("list", { name: "Jobs" }).getByRole("link");
const openJobs = async () => (await client.jobs.list.query()).jobs;

const worker: WorkerDescription = {
  id: randomUUID(),
  name: "gpu-1",
  version: "1.0.0",
  kinds: ["train"],
  engines: [{ name: "native", device: "CPU, AVX-512" }],
  datasets: ["cifar10", "mnist"],
  models: ["resnet9", "resnet20"],
  home: null,
};

async function enqueue(name: string, priority = 0): Promise<{ runId: string; jobId: string }> {
  const config = { name, data: { source: "cifar10" }, model: "resnet9" };
  return client.jobs.train.mutate({ config, priority });
}

async function order(): Promise<string[]> {
  return (await openJobs()).map(({ job }) => (job.kind === "train" ? (job.config.name ?? "") : job.kind));
}

test("a run is put together in the form, queued, and cancelled in the queue", async () => {
  await visit(page, at("/runs/new"));
  await page.getByText("No worker is here").waitFor();
  await status().filter({ hasText: "Still needed: data set, network" }).waitFor();
  expect(await submit().isDisabled()).toBe(true);
  await page.getByRole("combobox", { name: "Data set" }).fill("cifar10");
  await status().filter({ hasText: "Still needed: network" }).waitFor();
  await page.getByRole("combobox", { name: "Name of the network" }).fill("resnet9");
  await page.getByRole("textbox", { name: "Epochs" }).fill("3");
  await page.getByRole("combobox", { name: "Name", exact: true }).fill("from the form");
  await page.getByRole("combobox", { name: "Tags" }).fill("a");
  await page.keyboard.press("Enter");
  await page.getByText("Optimizer", { exact: true }).click();
  await page.getByRole("combobox", { name: "Optimizer" }).click();
  await page.getByRole("option", { name: "adamw" }).click();
  await page.getByRole("textbox", { name: "Beta1" }).fill("0.8");
  await page.getByRole("radio", { name: "Sooner" }).click();
  await status().filter({ hasText: "Nothing is wrong with it." }).waitFor();
  await submit().click();
  await page.waitForURL(/\/runs\/\d{8}-/);
  await page.getByRole("heading", { name: "from the form" }).waitFor();
  await page.getByText("This run waits in the queue: it is the next one").waitFor();

  const [row] = await openJobs();
  const expected = RunConfig.parse({
    data: { source: "cifar10" },
    model: "resnet9",
    epochs: 3,
    name: "from the form",
    tags: ["a"],
    optimizer: { name: "adamw", beta1: 0.8 },
  });
  expect(row).toMatchObject({ state: "waiting", priority: 10, job: { kind: "train", config: expected } });

  await page.getByRole("link", { name: "queue", exact: true }).click();
  await page.getByRole("button", { name: "Cancel from the form" }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await page.getByText("Nothing waits").waitFor();
  await page.getByRole("tab", { name: "Ended" }).click();
  await page
    .getByRole("list", { name: "Ended jobs" })
    .getByText("cancel was asked for by you")
    .first()
    .waitFor();
  expect((await client.runs.byId.query(row!.runId!)).status).toBe("interrupted");
});

test("a recipe fills the form, and the schedule is drawn as it is typed", async () => {
  await visit(page, at("/runs/new"));
  const training = page.locator("section", { hasText: "How long and how fast" });
  const drawing = training.getByRole("img");
  const drawn = (words: string) => training.getByRole("img", { name: `Learning rate, ${words}` }).waitFor();
  await drawn("one-cycle over 10 epochs: starts at 0.002, is highest after 3 epochs at 0.05, ends at 2e-7");
  await page.getByRole("combobox", { name: "Data set" }).fill("./photos");
  await page.getByRole("combobox", { name: "Recipe" }).click();
  await page.getByRole("option", { name: "fashion-mnist-airbench94" }).click();
  await page.getByText("Made for fashion-mnist: its transforms may not fit other pictures.").waitFor();
  const network = page.getByRole("combobox", { name: "Name of the network" });
  expect(await network.inputValue()).toBe("airbench94");
  expect(await page.getByRole("combobox", { name: "Data set" }).inputValue()).toBe("./photos");
  await drawn(
    "triangular over 20 epochs: starts at 0.15, is highest after 4.6 epochs at 0.75, ends at 0.053",
  );
  const before = await drawing.locator("path").getAttribute("d");
  await page.getByRole("textbox", { name: "Epochs" }).fill("many");
  await training.getByText("Drawn as soon as epochs, learning rate and schedule are complete.").waitFor();
  await page.getByRole("textbox", { name: "Epochs" }).fill("10");
  await page.locator("summary", { hasText: "Schedule" }).click();
  await page.getByRole("combobox", { name: "Schedule" }).click();
  await page.getByRole("option", { name: "reduce-on-plateau" }).click();
  await drawn("reduce-on-plateau over 10 epochs: 0.75 throughout");
  await training.getByText("When it falls depends on val_loss").waitFor();
  expect(await drawing.locator("path").getAttribute("d")).not.toBe(before);

  await network.fill("squeeze");
  await page.getByRole("option", { name: /^squeezenet version 1\.1/ }).click();
  await page.locator("summary", { hasText: "Moving average of weights" }).click();
  await page.getByRole("radio", { name: "Averaged" }).click();
  await page.getByRole("radio", { name: "None" }).click();
  await page.getByRole("radio", { name: "Averaged" }).click();
  await page.locator("summary", { hasText: "Gradient clipping" }).click();
  await page.getByRole("combobox", { name: "Gradient clipping" }).click();
  await page.getByRole("option", { name: "global-norm" }).click();
  await status().filter({ hasText: "limit" }).waitFor();
  await page.getByRole("textbox", { name: "Limit" }).fill("2");
  await page.locator("summary", { hasText: "Lookahead" }).click();
  await page.getByRole("radio", { name: "With slow weights" }).waitFor();
  await page.locator("[data-path='lookahead']").getByRole("radio", { name: "None" }).click();
  expect(await seriousViolations(page)).toEqual([]);
  await status().filter({ hasText: "Nothing is wrong with it." }).waitFor();
  await submit().click();
  await page.waitForURL(/\/runs\/\d{8}-/);
  const [row] = await openJobs();
  expect(row?.job).toMatchObject({
    config: {
      data: { source: "./photos", validationFraction: 0 },
      model: { name: "squeezenet" },
      epochs: 10,
      batchSize: 512,
      schedule: { name: "reduce-on-plateau", patience: 5 },
      ema: { decay: 0.999, warmup: true },
      gradientClipping: { name: "global-norm", limit: 2 },
      testTimeAugmentation: "flip-translate",
    },
  });
  expect(row?.job).not.toHaveProperty("config.lookahead");
}, 120_000);

test("what is wrong is said at its field and beside the button, which waits until it is right", async () => {
  await visit(page, at("/runs/new"));
  await page.getByRole("combobox", { name: "Data set" }).fill("cifar10");
  await page.getByRole("combobox", { name: "Name of the network" }).fill("resnet9");
  const epochs = page.getByRole("textbox", { name: "Epochs" });
  await epochs.fill("many");
  await page.locator("[data-path='epochs']").getByText("Expected number, received string.").waitFor();
  expect(await epochs.getAttribute("aria-invalid")).toBe("true");
  expect(await submit().isDisabled()).toBe(true);
  await epochs.fill("0");
  await page.locator("[data-path='epochs']").getByText("Too small").waitFor();
  await epochs.fill("");
  await status().filter({ hasText: "Nothing is wrong with it." }).waitFor();
  expect(await submit().isEnabled()).toBe(true);

  await page.getByText("Splits and pictures").click();
  await page.getByRole("textbox", { name: "Validation fraction" }).fill("1.5");
  await page.getByText("Splits and pictures").click();
  await status().getByRole("button", { name: "data.validationFraction" }).click();
  const fraction = page.getByRole("textbox", { name: "Validation fraction" });
  await untilTrue(() => fraction.evaluate((input) => input === document.activeElement));
});

test("form and JSON are one: what has no field is kept, and a broken line is named", async () => {
  await visit(page, at("/runs/new"));
  await page.getByRole("tab", { name: "JSON" }).click();
  const text = page.getByRole("textbox", { name: "Config as JSON" });
  const config = {
    data: { source: "mnist", contentHash: "abc" },
    model: { name: "simple-cnn", options: { filters: [8, 16] } },
    transforms: { train: ["RandomHorizontalFlip"], evaluation: [] },
    batchSize: 64,
  };
  await text.fill(JSON.stringify(config, null, 2));
  await status().filter({ hasText: "Nothing is wrong with it." }).waitFor();
  await page.getByRole("tab", { name: "Form" }).click();
  expect(await page.getByRole("textbox", { name: "Batch size" }).inputValue()).toBe("64");
  expect(await page.getByRole("textbox", { name: "Options" }).inputValue()).toBe('{"filters":[8,16]}');
  await page.getByRole("textbox", { name: "Batch size" }).fill("32");
  await page.getByRole("textbox", { name: "Options" }).fill('{"filters":[4]}');
  await page.getByRole("tab", { name: "JSON" }).click();
  expect(JSON.parse(await text.inputValue())).toEqual({
    ...config,
    model: { name: "simple-cnn", options: { filters: [4] } },
    batchSize: 32,
  });
  await text.fill('{\n  "data": { "source": "mnist" },\n  "model": resnet9\n}');
  await page.getByText("Line 3. Expected a value.").waitFor();
  await status().filter({ hasText: "The JSON is broken in line 3." }).waitFor();
  expect(await submit().isDisabled()).toBe(true);
  await text.fill('{"data": {"source": "mnist"}, "model": "resnet9", "epoch": 3}');
  await status().filter({ hasText: 'Unrecognized key: "epoch".' }).waitFor();
  expect(await submit().isDisabled()).toBe(true);
  await text.fill('{"data": {"source": "mnist"}, "model": "resnet9", "optimizer": "adamw"}');
  await page.getByRole("tab", { name: "Form" }).click();
  await page.locator("summary", { hasText: "Optimizer" }).filter({ hasText: "adamw" }).waitFor();
});

test("layers and transforms are added, moved and taken out", async () => {
  await visit(page, at("/runs/new"));
  await page.getByRole("combobox", { name: "Data set" }).fill("mnist");
  await page.getByRole("radio", { name: "Layer by layer" }).click();
  const add = async (name: string) => {
    await page.getByRole("group", { name: "Layers" }).getByRole("button", { name: "Add" }).click();
    await page.getByRole("menuitem", { name: new RegExp(`^${name}`) }).click();
  };
  await add("flatten");
  await add("dense");
  await status().filter({ hasText: "units" }).waitFor();
  await page.getByRole("textbox", { name: "Units" }).fill("10");
  await add("dropout");
  await page.getByRole("textbox", { name: "Rate", exact: true }).fill("0.5");
  await page.getByRole("button", { name: "Move dropout 3 up" }).click();
  await status().filter({ hasText: "Nothing is wrong with it." }).waitFor();
  await submit().click();
  await page.waitForURL(/\/runs\/\d{8}-/);
  const [row] = await openJobs();
  expect(row?.job).toMatchObject({
    config: {
      model: {
        layers: [
          { layer: "flatten" },
          { layer: "dropout", rate: 0.5 },
          { layer: "dense", units: 10, useBias: true, activation: "linear" },
        ],
      },
    },
  });
});

test("run again starts from the run's own config and marks what differs", async () => {
  const { runId } = await enqueue("first");
  await visit(page, at(`/runs/${runId}`));
  await page.getByRole("link", { name: "Run again with changes" }).click();
  await page.getByRole("heading", { name: "Run again with changes" }).waitFor();
  expect(await page.getByRole("combobox", { name: "Data set" }).inputValue()).toBe("cifar10");
  expect(await page.getByRole("combobox", { name: /^Name/, exact: false }).last().inputValue()).toBe(
    "first (2)",
  );
  const rate = page.getByRole("textbox", { name: "Learning rate" });
  expect(await rate.inputValue()).toBe("0.05");
  await rate.fill("1e-3");
  await page.locator("[data-path='learningRate']").getByText("Was 0.05").waitFor();
  const changes = page
    .getByRole("region", { name: "Changes" })
    .or(page.locator("section", { hasText: "From first" }));
  await changes.getByText("learningRate").first().waitFor();
  await page.locator("[data-path='learningRate']").getByRole("button", { name: "Restore" }).click();
  expect(await rate.inputValue()).toBe("0.05");
  await rate.fill("0.1");
  await status().filter({ hasText: "Nothing is wrong with it." }).waitFor();
  await submit().click();
  await page.waitForURL((url) => /\/runs\/\d{8}-/.test(url.pathname) && !url.pathname.includes(runId));
  const again = (await openJobs()).find(({ runId: id }) => id !== runId);
  const before = await client.runs.byId.query(runId);
  expect(again?.job).toMatchObject({ config: { ...before.config, name: "first (2)", learningRate: 0.1 } });
});

test("waiting jobs pass each other, and the page follows what happens elsewhere", async () => {
  for (const name of ["one", "two", "three"]) await enqueue(name);
  await visit(page, at("/queue"));
  await untilTrue(async () => (await queued().allInnerTexts()).join() === "one,two,three");
  await page.getByRole("button", { name: "Move three up" }).click();
  await untilTrue(async () => (await queued().allInnerTexts()).join() === "one,three,two");
  expect(await order()).toEqual(["one", "three", "two"]);
  await page.getByRole("button", { name: "Move one down" }).click();
  await untilTrue(async () => (await queued().allInnerTexts()).join() === "three,one,two");
  expect(await order()).toEqual(["three", "one", "two"]);
  expect(await page.getByRole("button", { name: "Move three up" }).isDisabled()).toBe(true);
  await enqueue("urgent", 100);
  await untilTrue(async () => (await queued().first().innerText()) === "urgent");
});

test("a worker is shown with what it computes with, and a job at its work is asked to stop", async () => {
  const { runId, jobId } = await enqueue("at work");
  await client.workers.register.mutate(worker);
  const claim = await client.workers.claim.mutate({ workerId: worker.id, kinds: ["train"] });
  expect(claim?.jobId).toBe(jobId);
  await visit(page, at("/queue"));
  const workers = page.locator("section", { hasText: "Workers" });
  await workers.getByText("CPU, AVX-512").waitFor();
  await workers.getByText("live").waitFor();
  await workers.getByText("1 job").waitFor();
  const row = page.getByRole("list", { name: "Jobs" }).getByRole("listitem").filter({ hasText: "at work" });
  await row.getByText("on gpu-1").waitFor();
  await row.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Stop the run" }).click();
  await row.getByText("asked to stop").waitFor();
  const held = { jobId, fence: claim!.fence, workerId: worker.id };
  expect(await client.workers.heartbeat.mutate(held)).toMatchObject({ directive: "stop" });
  await client.workers.fail.mutate({ jobId, fence: claim!.fence, reason: "the power went", retry: false });
  await page.getByRole("tab", { name: "Ended" }).click();
  const ended = page
    .getByRole("list", { name: "Ended jobs" })
    .getByRole("listitem")
    .filter({ hasText: "at work" });
  await ended.getByText("failed", { exact: true }).waitFor();
  await ended.getByText("the power went").waitFor();

  // The run's own page offers to go on, where that worker has its checkpoint.
  await visit(page, at(`/runs/${runId}`));
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("This run waits in the queue").waitFor();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
});

test("what workers know completes the fields", async () => {
  await client.workers.register.mutate(worker);
  await visit(page, at("/runs/new"));
  const source = page.getByRole("combobox", { name: "Data set" });
  await source.click();
  await page.getByRole("option", { name: "mnist" }).waitFor();
  await page.keyboard.type("cif");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  expect(await source.inputValue()).toBe("cifar10");
  await page.getByRole("combobox", { name: "Name of the network" }).fill("resnt9");
  await status().filter({ hasText: "No worker that is here knows a network called resnt9." }).waitFor();
  expect(await submit().isEnabled()).toBe(true);
});

test("a worker's token is shown once, lets in, and no longer does when it is revoked", async () => {
  await visit(page, at("/settings"));
  await page.getByRole("textbox", { name: "What the token is for" }).fill("gpu-7");
  await page.getByRole("button", { name: "Make a token" }).click();
  const command = await page.getByText(/convkit worker --server \S+ --token convkit_\S+/).innerText();
  expect(command).toContain(`--server ${dashboard.url} --token convkit_`);
  const token = command.split("--token ")[1]!;
  const asks = (path: string) =>
    fetch(at(`/api/trpc/${path}`), { headers: { authorization: `Bearer ${token}` } }).then(
      ({ status: code }) => code,
    );
  const lookup = `workers.findDataset?input=${encodeURIComponent('{"contentHash":"none"}')}`;
  expect(await asks(lookup)).toBe(200);
  expect(await asks("jobs.tokens")).toBe(401);
  await page.getByRole("button", { name: "I have it" }).click();
  await expect.poll(() => page.getByText(token).count()).toBe(0);
  await page.getByRole("button", { name: "Revoke gpu-7" }).click();
  await page.getByRole("button", { name: "Revoke the token" }).click();
  await page.getByText("revoked", { exact: true }).waitFor();
  expect(await asks(lookup)).toBe(401);
});

test.each([
  { theme: "light", width: 1440 },
  { theme: "dark", width: 1440 },
  { theme: "light", width: 390 },
] as const)(
  "no serious violation and nothing sideways, $theme at $width pixels",
  async ({ theme, width }) => {
    await client.workers.register.mutate(worker);
    const { runId } = await enqueue("one");
    await enqueue("two", 10);
    await client.workers.claim.mutate({ workerId: worker.id, kinds: ["train"] });
    const look = await openPage(browser, { url: dashboard.url, theme, width });
    const check = async (name: string) => {
      expect.soft(await seriousViolations(look.page), name).toEqual([]);
      const overflow = await look.page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect.soft(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
    };
    await visit(look.page, at(`/runs/new?from=${runId}`));
    for (const summary of await look.page.locator("main summary").all()) await summary.click();
    await look.page.getByRole("textbox", { name: "Epochs" }).fill("many");
    await look.page.getByText("received string").first().waitFor();
    await check("form");
    await look.page.getByRole("tab", { name: "JSON" }).click();
    await look.page.getByRole("textbox", { name: "Config as JSON" }).fill("{\n x");
    await look.page.getByRole("alert").getByText("Line 2.").waitFor();
    await check("json");
    for (const path of [
      "/queue",
      "/queue?tab=ended",
      "/settings",
      `/runs/${runId}`,
      "/sign-in",
      "/sign-up?invitation=a",
    ]) {
      await visit(look.page, at(path));
      await check(path);
    }
    await look.page.context().close();
    expect(look.foreign).toEqual([]);
    expect(look.problems).toEqual([]);
  },
  200_000,
);

test("scripts of these pages weigh less than 300 KB", async () => {
  const weights: Record<string, number> = {};
  for (const path of ["/runs/new", "/queue", "/settings", "/sign-in"]) {
    const { page: look } = await openPage(browser, { url: dashboard.url });
    const sizes: Promise<number>[] = [];
    look.on("response", (response) => {
      if (response.request().resourceType() !== "script") return;
      const size = response.body().then((bytes) => gzipSync(bytes).length);
      // One that is cut off by the end of the page was not needed by it.
      sizes.push(size.catch(() => 0));
    });
    await visit(look, at(path));
    await settled(look);
    weights[path] = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    await look.context().close();
  }
  console.log("script weight, gzipped", weights);
  for (const [path, weight] of Object.entries(weights)) expect.soft(weight, path).toBeLessThan(300_000);
}, 100_000);
