import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { loadClassifier } from "@convkit/models";
import {
  decodePredictions,
  type DatasetCard,
  ModuleSpec,
  RunConfig,
  type RunConfigInput,
  type TrainEvent,
} from "@convkit/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { drawSquare } from "../test/squares.js";
import { lastWeights, runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { evaluateRun } from "./evaluate-run.js";
import { readJournal } from "./journal.js";
import { openRunData } from "./run-data.js";
import { resume, train } from "./train.js";

let root: string;
let run: string;
/** Of a run with a network and a transform of the user's own. */
let config: RunConfigInput;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-run-data-"));
  run = join(root, "run");
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
  for (const name of ["pooled-network.mjs", "halve.mjs"]) {
    copyFileSync(fileURLToPath(new URL(`../test/fixtures/${name}`, import.meta.url)), join(root, name));
  }
  const halve = { module: join(root, "halve.mjs") };
  config = squaresConfig(join(root, "squares"), {
    model: { module: join(root, "pooled-network.mjs"), options: { filters: 8 } },
    transforms: { train: [halve], evaluation: [halve] },
    learningRate: 0.1,
    epochs: 3,
  });
});
afterEach(() => rmSync(root, { recursive: true }));

/** Trains until that step. */
async function trainUntil(lastStep: number): Promise<void> {
  const controller = new AbortController();
  const onEvent = (event: TrainEvent): void => {
    if (event.type === "step" && event.step === lastStep) controller.abort(new Error("enough"));
  };
  await train(config, runOptions(run, { signal: controller.signal, onEvent }));
}

const textsOf = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === "message" && event.level === "warning" ? [event.text] : []));

describe("a list of splits", () => {
  it("is pinned by the run's config, and a run goes on with no other one", async () => {
    const list = join(root, "splits.csv");
    const { dataset } = await openRunData(RunConfig.parse(config), runOptions(run));
    const [testing, validating] = dataset.splits.train.ids;
    const write = (split: string) =>
      writeFileSync(list, `id,split\n${testing},test\n${validating},${split}\n`);
    write("val");
    config = { ...config, data: { ...config.data, splits: relative(process.cwd(), list) } };
    await trainUntil(2);
    const stored = RunConfig.parse(JSON.parse(readFileSync(join(run, "config.json"), "utf8")));
    expect(stored.data).toMatchObject({
      splits: list,
      annotationsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { splits } = (await openRunData(stored, runOptions(run))).dataset;
    expect(splits.validation?.ids).toEqual([validating]);
    expect(splits.test?.ids).toContain(testing);

    write("train");
    const changed = {
      name: "AnnotationsHashMismatchError",
      message: expect.stringContaining(list) as string,
    };
    await expect(resume(run, runOptions(run))).rejects.toMatchObject(changed);
    await expect(train(stored, runOptions(join(root, "replay")))).rejects.toMatchObject(changed);
    expect(existsSync(join(root, "replay"))).toBe(false);
    write("val");
    expect((await resume(run, runOptions(run))).status).toBe("completed");
  });
});

describe("a preset", () => {
  it("stands written out in the run's config, so that a replay needs no table of presets", async () => {
    const data = { source: join(root, "squares"), validationFraction: 0.2, limit: { train: 30, test: 10 } };
    const squares = { ...config, data, model: "simple-cnn", epochs: 1, transforms: "strong" as const };
    await train(squares, runOptions(run));
    const stored = RunConfig.parse(JSON.parse(readFileSync(join(run, "config.json"), "utf8")));
    const { transforms: preset } = stored;
    expect(preset).toMatchObject({
      train: [
        { name: "RandomCrop", size: [8, 8], padding: 1 },
        { name: "RandomHorizontalFlip" },
        { name: "TrivialAugmentWide" },
        { name: "Normalize" },
        { name: "RandomErasing", p: 0.25 },
      ],
      batch: [{ name: "MixUp" }, { name: "CutMix" }],
      evaluation: [{ name: "Normalize" }],
    });
    const replay = runOptions(join(root, "replay"));
    await train(stored, replay);
    expect(await lastWeights(join(root, "replay"))).toEqual(await lastWeights(run));
  });
});

describe("weights of classes", () => {
  const losses = (classWeights: RunConfig["loss"]["classWeights"]) => ({
    loss: { name: "cross-entropy" as const, classWeights },
    data: { source: join(root, "squares"), validationFraction: 0.2, limit: { train: 50 } },
    epochs: 1,
  });

  it("stand in the run's config as numbers, by which a replay trains", async () => {
    await train({ ...config, ...losses("balanced") }, runOptions(run));
    const stored = RunConfig.parse(JSON.parse(readFileSync(join(run, "config.json"), "utf8")));
    const weights = stored.loss.classWeights as number[];
    const { dataset } = readJournal(join(run, "events.jsonl")).find(({ type }) => type === "runStarted") as {
      dataset: DatasetCard;
    };
    const counts = dataset.splits["train"]!.perClass;
    const inverse = counts.map((count) => 1 / count);
    const scale = 3 / inverse.reduce((sum, each) => sum + each);
    weights.forEach((weight, label) => expect(weight).toBeCloseTo(inverse[label]! * scale, 10));
    expect(new Set(counts).size).toBeGreaterThan(1);

    const [replay, plain] = [join(root, "replay"), join(root, "plain")];
    await train(stored, runOptions(replay));
    expect(await lastWeights(replay)).toEqual(await lastWeights(run));
    await train({ ...config, ...losses(null) }, runOptions(plain));
    expect(await lastWeights(plain)).not.toEqual(await lastWeights(run));
  });

  it("are found with the beta that the config gives", async () => {
    const classWeights = { name: "effective-number" as const, beta: 0 };
    const parsed = RunConfig.parse({ ...config, ...losses(classWeights) });
    const { config: complete } = await openRunData(parsed, runOptions(run));
    expect(complete.loss.classWeights).toEqual([1, 1, 1]);
  });

  it("that fit no class, in the loss or in sampling, are refused before there is a run", async () => {
    for (const wrong of [
      losses([1, 2]),
      losses([0, 0, 0]),
      { sampling: { name: "weighted" as const, weights: { red: 2 } } },
    ]) {
      await expect(train({ ...config, ...wrong }, runOptions(run))).rejects.toThrow(
        /a number for each of 3 classes|by names of the classes: 0, 1, 2/,
      );
    }
    expect(existsSync(run)).toBe(false);
  });
});

describe("modules of the user's own", () => {
  it("train, go on, are judged again and predict", async () => {
    await trainUntil(17);
    const { report, modelDirectory } = await resume(run, runOptions(run));
    expect(report!.accuracy).toBeGreaterThan(0.9);
    const again = await evaluateRun(run, runOptions(run));
    expect(again.report).toEqual(report);
    expect([...textsOf(readJournal(join(run, "events.jsonl"))), ...again.remarks]).toEqual([]);

    const { labels, probabilities } = decodePredictions(readFileSync(join(run, "predictions.bin")));
    const classifier = await loadClassifier(modelDirectory!);
    const picture = { data: drawSquare(labels[0]!, 200), height: 8, width: 8, channels: 3 };
    const predicted = await classifier.predict([picture]);
    predicted.forEach((probability, i) => expect(probability).toBeCloseTo(probabilities[i]!, 5));
    classifier.dispose();
  });

  it("bring a warning once they are not what the run was started with", async () => {
    await trainUntil(17);
    const stored = RunConfig.parse(JSON.parse(readFileSync(join(run, "config.json"), "utf8")));
    const { sha256 } = ModuleSpec.parse(stored.model);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const name of ["pooled-network.mjs", "halve.mjs"]) appendFileSync(join(root, name), "// Edited.\n");
    const warnings = ["pooled-network.mjs", "halve.mjs"].map(
      (name) => expect.stringContaining(`${join(root, name)} is not the file`) as string,
    );

    await resume(run, runOptions(run));
    const journal = readJournal(join(run, "events.jsonl"));
    expect(textsOf(journal)).toEqual(warnings);

    expect((await evaluateRun(run, runOptions(run))).remarks).toEqual(warnings);
    const behind = readJournal(join(run, "events.jsonl")).slice(journal.length);
    expect(new Set(behind.map(({ type }) => type))).toEqual(new Set(["artifactSaved", "evaluated"]));

    const replayed: TrainEvent[] = [];
    const replay = runOptions(join(root, "replay"), { onEvent: (event) => replayed.push(event) });
    await train({ ...stored, epochs: 1 }, replay);
    expect(textsOf(replayed)).toEqual(warnings);
    expect(readFileSync(join(root, "replay/config.json"), "utf8")).not.toContain(sha256);
  });
});
