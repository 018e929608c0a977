import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodePredictions, RunConfig, type Predictions } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const folder = makeFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const COUNT = 400;

/** A run's folder as `train` leaves it, of which the first `mistakes` of 400 pictures were judged wrong. */
function writeRun(
  id: string,
  mistakes: number | null,
  { config = {}, predictions = {} }: { config?: object; predictions?: Partial<Predictions> } = {},
): void {
  const directory = join(folder, ".convkit", "runs", id);
  mkdirSync(directory, { recursive: true });
  const data = { source: "./pictures", contentHash: "1" };
  const parsed = RunConfig.parse({ data, model: "lenet5", ...config });
  writeFileSync(join(directory, "config.json"), JSON.stringify(parsed));
  if (mistakes === null) return;
  const labels = Int32Array.from({ length: COUNT }, (_, picture) => picture % 2);
  const probabilities = Float32Array.from({ length: 2 * COUNT }, (_, i) => {
    const picture = Math.floor(i / 2);
    return (i % 2 === labels[picture]) === picture >= mistakes ? 0.75 : 0.25;
  });
  const whole = {
    split: "test",
    classNames: ["bright", "dark"],
    ids: Array.from(labels, (_, picture) => `test/${picture}.png`),
    labels,
    probabilities,
  };
  writeFileSync(join(directory, "predictions.bin"), encodePredictions({ ...whole, ...predictions }));
}

describe("convkit compare", () => {
  beforeAll(() => {
    for (const [seed, mistakes] of [60, 64, 62].entries())
      writeRun(`base-${seed}`, mistakes, { config: { name: "base", seed } });
    for (const [seed, mistakes] of [40, 44, 42].entries())
      writeRun(`wide-${seed}`, mistakes, {
        config: { name: "wide", seed, learningRate: 0.1, engine: "cpu" },
      });
    writeRun("alone", 10, { config: { name: "alone", epochs: 3 } });
  });

  it("groups seeds, and says last which group is better, by how much and how surely", async () => {
    const seeds = ["base-0", "base-1", "base-2", "wide-0", "wide-1", "wide-2"];
    const { exitCode, stdout, stderr } = await runConvkit(folder, ["compare", ...seeds]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [header, base, wide, empty, ...verdict] = stdout.split("\n");
    expect(header).toMatch(/^group +seeds +accuracy +points +95 % +p$/);
    // 338 of 400, 340 less 2 and more 2; deviations of 0.5 points.
    expect(base).toMatch(/^base +0, 1, 2 +84\.50 ± 0\.50 % +– +– +–$/);
    expect(wide).toMatch(
      /^wide +0, 1, 2 +89\.50 ± 0\.50 % +\+5\.00 +\+[1-3]\.\d\d to \+[6-9]\.\d\d +(< )?0\.00\d$/,
    );
    expect(empty).toBe("");
    expect(verdict.join("\n")).toMatch(
      /^wide is better than base by 5\.0 points of accuracy \(95 % [1-3]\.\d–[6-9]\.\d; 400 pictures; 3 seeds each; p [=<] 0\.00\d\)\.\n$/,
    );
  });

  it("compares with the baseline that is asked for, by the metric that is asked for", async () => {
    const asked = ["compare", "base-0", "wide-0", "--baseline", "wide-0", "--metric", "loss", "--json"];
    const { exitCode, json } = await runConvkit(folder, asked);
    expect(exitCode).toBe(0);
    const [comparison] = json();
    expect(comparison).toMatchObject({
      type: "comparison",
      metric: "loss",
      split: "test",
      pictureCount: 400,
      remarks: [],
      groups: [
        { name: "wide", runIds: ["wide-0"], figures: { accuracy: { mean: 0.9, deviation: null } } },
        { name: "base", runIds: ["base-0"] },
      ],
      // 20 pictures more that are wrong: ln 0.75 − ln 0.25.
      differences: [
        { name: "base", outcome: "worse", difference: expect.closeTo((20 / 400) * Math.log(3), 6) as number },
      ],
    });
    expect(comparison!["verdict"]).toMatch(/^wide is better than base by 0\.055 of loss /);
  });

  it("draws alike whenever it is asked", async () => {
    const ask = () =>
      runConvkit(folder, ["compare", "base-0", "base-1", "wide-0", "wide-1", "alone", "--json"]);
    const first = await ask();
    expect(first.json()[0]).toMatchObject({ differences: [{ name: "wide" }, { name: "alone" }] });
    expect((await ask()).stdout).toBe(first.stdout);
  });

  it("compares runs that differ in seed alone one by one", async () => {
    const { stdout, stderr } = await runConvkit(folder, ["compare", "base-0", "base-1"]);
    expect(stderr).toBe("warning  The configs differ in seed alone: each run is compared by itself.\n");
    expect(stdout).toContain("No difference can be told between base-0 and base-1");
    writeRun("20260214-093012", 30, { config: { name: "first try", epochs: 7 } });
    writeRun("20260215-093012", 31, { config: { name: "again", epochs: 7, seed: 1 } });
    expect((await runConvkit(folder, ["compare", "first try", "again"])).stdout).toContain(
      "No difference can be told between first try and again",
    );
  });

  it("refuses runs of other pictures, and says how they differ", async () => {
    const ids = Array.from({ length: COUNT }, (_, picture) => `test/${picture + 100}.png`);
    writeRun("other", 10, {
      config: { name: "other", epochs: 4 },
      predictions: { ids, split: "validation" },
    });
    const { exitCode, stdout, stderr } = await runConvkit(folder, ["compare", "base-0", "other"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(
      "Received: other, which differs from base-0: its split is validation, and not test; " +
        "100 of 400 pictures are in base-0 alone (test/0.png, test/1.png, test/2.png, …); " +
        "100 of 400 pictures are in other alone (test/400.png, test/401.png, test/402.png, …).",
    );
  });

  it("warns where only the data's hash differs", async () => {
    writeRun("changed", 10, { config: { epochs: 4, data: { source: "./pictures", contentHash: "2" } } });
    const { exitCode, stderr } = await runConvkit(folder, ["compare", "base-0", "changed"]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^warning {2}The data sets' hashes differ, though the test pictures have the same ids/,
    );
  });

  it("says what to do about a run that was not judged, and about a single one", async () => {
    writeRun("unjudged", null);
    const unjudged = await runConvkit(folder, ["compare", "base-0", "unjudged"]);
    expect(unjudged.exitCode).toBe(2);
    expect(unjudged.stderr).toContain("Judge it: convkit evaluate unjudged");
    const single = await runConvkit(folder, ["compare", "base-0", "base-0"]);
    expect(single.exitCode).toBe(2);
    expect(single.stderr).toContain("Expected two runs or more. Received: 1.");
  });

  it("names the run whose predictions are none, and says what to do about it", async () => {
    writeRun("nan", 10, { predictions: { probabilities: new Float32Array(2 * COUNT).fill(NaN) } });
    const nan = await runConvkit(folder, ["compare", "base-0", "nan", "wide-0"]);
    expect(nan.exitCode).toBe(1);
    expect(nan.stderr).toMatch(
      /NaN.*test\/0\.png.* It is what run nan kept of its judgement: judge it again with convkit evaluate, or leave it out\./s,
    );
    writeRun("cut", null);
    writeFileSync(join(folder, ".convkit", "runs", "cut", "predictions.bin"), "no predictions at all");
    const cut = await runConvkit(folder, ["compare", "base-0", "cut", "wide-0"]);
    expect(cut.exitCode).toBe(1);
    expect(cut.stderr).toContain("It is what run cut kept of its judgement: judge it again");
  });

  it("refuses a metric that there is none of, before and after it has seen the pictures", async () => {
    const unknown = await runConvkit(folder, ["compare", "base-0", "wide-0", "--metric", "auc"]);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain("accuracy, balanced_accuracy, macro_f1, mean_average_precision, loss");
    const absent = ["compare", "base-0", "wide-0", "--metric", "mean_average_precision"];
    expect((await runConvkit(folder, absent)).stderr).toContain(
      "Expected one of accuracy, balanced_accuracy, macro_f1, loss for such pictures.",
    );
  });
});

it("compares what train has left", async () => {
  await writePictures(folder);
  const layers =
    '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}';
  for (const rate of ["0.05", "0.00001"]) {
    const train = [
      "train",
      "./pictures",
      "--engine=cpu",
      "--epochs=2",
      "--batch-size=8",
      layers,
      `--lr=${rate}`,
    ];
    expect(await runConvkit(folder, [...train, `--name=rate ${rate}`])).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
  }
  const listed = (await runConvkit(folder, ["runs", "--json"])).json() as {
    runId: string;
    name: string | null;
  }[];
  const trained = listed.filter(({ name }) => name?.startsWith("rate ")).map(({ runId }) => runId);
  const { exitCode, stdout } = await runConvkit(folder, ["compare", ...trained, "--metric", "loss"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^rate 0\.05 is better than rate 0\.00001 by \d\.\d+ of loss \(95 % .*48 pictures; 1 run each/m,
  );
});
