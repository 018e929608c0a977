/** A data set that was added on another machine, chosen in the form of a new run; no worker takes it. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clientOf } from "./client-of.js";
import { startDashboard } from "./dashboard-process.js";
import { openBrowser, openPage, visit } from "./open-browser.js";
import { cardOf } from "./seed-dataset.js";

const PHOTOS_HASH = createHash("sha256").update("photos").digest("hex");
const TITLE = `photos, ${PHOTOS_HASH.slice(0, 12)}`;

test("a data set whose pictures are on the server is chosen with its hash, and another path drops it", async () => {
  const home = await mkdtemp(join(tmpdir(), "convkit-choice-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const [dashboard, browser] = await Promise.all([startDashboard({ home }), openBrowser()]);
  onTestFinished(() => dashboard.stop());
  onTestFinished(() => browser.close());
  const client = clientOf(dashboard.url);
  const { page, foreign, problems } = await openPage(browser, { url: dashboard.url });
  const bytes = Buffer.from("a tar");
  const packSha256 = createHash("sha256").update(bytes).digest("hex");
  const uploaded = await fetch(`${dashboard.url}/api/blobs/${packSha256}`, { method: "PUT", body: bytes });
  expect(uploaded.status).toBe(201);
  const card = {
    ...cardOf("cifar10"),
    name: "photos",
    source: "/home/alice/photos",
    contentHash: PHOTOS_HASH,
  };
  await client.workers.addDataset.mutate({ card, packSha256 });
  await visit(page, `${dashboard.url}/runs/new`);
  const source = page.getByRole("combobox", { name: "Data set" });
  const field = page.locator("[data-path='data.source']");
  const choose = async () => {
    await source.click();
    await source.fill("photos");
    await page.getByRole("option", { name: `/home/alice/photos ${TITLE}` }).click();
    expect(await source.inputValue()).toBe("/home/alice/photos");
    await field.getByText(`Exactly ${TITLE}`).waitFor();
  };
  await choose();
  await source.fill("/home/alice/photos2");
  await field.getByText("Exactly photos").waitFor({ state: "detached" });
  await choose();
  await page.getByRole("combobox", { name: "Name of the network" }).fill("resnet9");
  await page.getByText("Nothing is wrong with it.").waitFor();
  await page.getByRole("button", { name: "Put into the queue" }).click();
  await page.waitForURL(/\/runs\/\d{8}-/);
  const [row] = (await client.jobs.list.query()).jobs;
  expect(row?.job).toMatchObject({
    config: { data: { source: "/home/alice/photos", contentHash: PHOTOS_HASH } },
  });
  expect(foreign).toEqual([]);
  expect(problems).toEqual([]);
}, 300_000);
