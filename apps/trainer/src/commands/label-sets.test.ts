import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import { Explanations } from "@convkit/schema";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";

const folder = makeFolder();
beforeAll(async () => {
  mkdirSync(join(folder, "films"));
  const rng = Rng.fromSeed(2);
  const lines = ["path,label,split"];
  for (let index = 0; index < 96; index++) {
    const has = [index % 2 === 1, index % 4 > 1];
    const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (has[i % 3] ? 190 : 40) + rng.int(50));
    await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toFile(join(folder, "films", `${index}.png`));
    const labels = ["red", "green"].filter((_, label) => has[label]).join("|") || "No Finding";
    lines.push(`${index}.png,${labels},${index < 72 ? "train" : "test"}`);
  }
  writeFileSync(join(folder, "films", "manifest.csv"), `${lines.join("\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const LABELS = ["--set=data.multiLabel=true", "--set=data.noLabel=No Finding"];

it("trains on several labels a picture, and predicts every label by itself", async () => {
  const network =
    '{"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}';
  const train = ["train", "./films", ...LABELS, "--engine=cpu", "--epochs=6", "--batch-size=8"];
  const trained = await runConvkit(folder, [
    ...train,
    "--set=data.validationFraction=0.2",
    `--set=model=${network}`,
  ]);
  expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
  expect(trained.stdout).toMatch(/result +mean average precision \d/);
  expect(trained.stdout).toMatch(/validation: loss [\d.]+, mean average precision +[\d.]+/);

  const runs = await runConvkit(folder, ["runs"]);
  expect(runs.stdout).toMatch(/completed +mean average precision [\d.]+ % of 24\n/);
  expect((await runConvkit(folder, ["runs", "--json"])).json()).toMatchObject([
    { meanAveragePrecision: expect.any(Number), testCount: 24 },
  ]);

  // One with both labels and one with none.
  const predict = ["predict", "latest", "films/95.png", "films/92.png", "--engine=cpu"];
  const predictions = (await runConvkit(folder, [...predict, "--json"])).json() as unknown as {
    classes: { className: string; probability: number; isThere: boolean }[];
  }[];
  expect(predictions.map(({ classes }) => classes.map(({ isThere }) => isThere))).toEqual([
    [true, true],
    [false, false],
  ]);
  expect(predictions[0]!.classes.map(({ className }) => className).sort()).toEqual(["green", "red"]);
  const { stdout } = await runConvkit(folder, predict);
  expect(stdout.match(/✓ (green|red)/g)).toHaveLength(2);
});

it("explains each picture for one label, and for the one that is named", async () => {
  const args = ["explain", "latest", "--engine=cpu"];
  const explained = await runConvkit(folder, [...args, "--sanity"]);
  expect(explained).toMatchObject({ exitCode: 0, stderr: "" });
  expect(explained.stdout).toMatch(
    /^grad-cam of \d+ pictures of test: \d+ mistakes \(\d+ said though not there, \d+ missed\), 12 it was least sure of/m,
  );
  expect(explained.stdout).toMatch(/^ {2}head +-?[01]\.\d\d$/m);
  const named = await runConvkit(folder, [...args, "--class=red", "--json"]);
  const [document] = named.json();
  const { pictures, classNames } = Explanations.parse(document);
  expect(document).toMatchObject({ isMultiLabel: true });
  const red = classNames.indexOf("red");
  expect(new Set(pictures.map(({ explained: label }) => label))).toEqual(new Set([red]));
  // Every second picture has it; the network, which has learnt it, says so.
  for (const { id, label, prediction, probability } of pictures) {
    expect(label).toBe(Number.parseInt(id, 10) % 2 === 1 ? red : -1);
    expect(prediction).toBe(probability >= 0.5 ? red : -1);
  }
  const unknown = await runConvkit(folder, [...args, "--class=blue"]);
  expect(unknown.stderr).toContain("Expected one of the run's classes: green, red. Received: blue.");
});

it("keeps in a sweep the epoch that the sweep chooses by, though runs of label sets have another default", async () => {
  const spec = {
    base: {
      data: { source: "./films", multiLabel: true, noLabel: "No Finding", validationFraction: 0.2 },
      engine: "cpu",
      epochs: 1,
      batchSize: 8,
      model: [{ layer: "conv", filters: 4, strides: 2, activation: "relu" }, { layer: "flatten" }],
    },
    method: "grid",
    parameters: { learningRate: { values: [0.01] } },
  };
  for (const metric of ["val_accuracy", "val_macro_f1"]) {
    writeFileSync(join(folder, `${metric}.json`), JSON.stringify({ ...spec, metric }));
    const swept = await runConvkit(folder, ["sweep", `${metric}.json`, "--json"]);
    expect(swept).toMatchObject({ exitCode: 0, stderr: "" });
    const { runId } = swept.json().find(({ type }) => type === "trial")!;
    const config: unknown = JSON.parse(
      readFileSync(join(folder, ".convkit", "runs", String(runId), "config.json"), "utf8"),
    );
    expect(config).toMatchObject({ checkpoint: { monitor: metric, mode: "max" } });
  }
  // All have ended: it tells of them again, a score as a part of a hundred.
  const { stdout } = await runConvkit(folder, ["sweep", "val_macro_f1.json"]);
  expect(stdout).toMatch(/^best +val_macro_f1 \d+\.\d %: trial 1/m);
  const { stdout: help } = await runConvkit(folder, ["sweep", "--help"]);
  for (const metric of ["val_accuracy", "val_loss", "val_mean_average_precision", "val_macro_f1"])
    expect(help).toContain(metric);
});

it("counts labels in an inspection", async () => {
  const { stdout } = await runConvkit(folder, ["data", "inspect", "./films", ...LABELS]);
  expect(stdout).toMatch(/green +\d+/);
  expect(stdout).not.toContain("class-balanced");
});
