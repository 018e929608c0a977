import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTemperature } from "@convkit/evaluator";
import { loadClassifier } from "@convkit/models";
import {
  decodePredictions,
  EvaluationReport,
  RunConfig,
  type RunConfigInput,
  type TransformLists,
} from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsOf, journalOf, runOptions, squaresConfig } from "../test/squares-run.js";
import { drawShapes, writeShapes } from "../test/write-shapes.js";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import { countCorrectLabels } from "./cross-entropy.js";
import { createLoss } from "./loss.js";
import { openRunData } from "./run-data.js";
import { train } from "./train.js";

let root: string;
let manifest: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-label-sets-"));
  manifest = writeShapes(join(root, "shapes"), { train: 160, test: 40 });
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = ({ data, ...more }: { data?: object } & Partial<Omit<RunConfigInput, "data">> = {}) =>
  squaresConfig(manifest, {
    data: { source: manifest, multiLabel: true, noLabel: "none", validationFraction: 0.2, ...data },
    transforms: {
      train: [],
      batch: [],
      evaluation: [{ name: "Normalize", mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] }],
    },
    ...more,
  });

describe("a run on label sets", () => {
  it("finds what is in a picture, whatever else is, and says so label by label", async () => {
    const run = join(root, "run");
    const batch: TransformLists["batch"] = [{ name: "MixUp", alpha: 0.2, p: 0.5 }];
    const config = configOf({
      epochs: 10,
      batchSize: 16,
      transforms: { train: [], batch, evaluation: [] },
      ema: { decay: 0.9 },
      earlyStopping: { monitor: "val_macro_f1", patience: 10 },
    });
    const { report, history } = await train(config, runOptions(run));
    expect(report!.meanAveragePrecision).toBeGreaterThan(0.95);
    expect(report!.perClass.map(({ className, support }) => [className, support])).toEqual([
      ["circle", 20],
      ["square", 20],
    ]);
    expect(Object.keys(history[0]!.logs).sort()).toEqual(
      [
        "accuracy",
        "learning_rate",
        "loss",
        ...["accuracy", "loss", "macro_f1", "mean_average_precision"].flatMap((name) => [
          `raw_val_${name}`,
          `val_${name}`,
        ]),
      ].sort(),
    );
    expect(eventsOf(journalOf(run), "evaluated")[0]!.logs).toEqual({
      accuracy: report!.accuracy,
      loss: report!.loss,
      mean_average_precision: report!.meanAveragePrecision,
      macro_f1: report!.macroAverage.f1,
    });

    const read = (name: string) => readFileSync(join(run, name));
    expect(EvaluationReport.parse(JSON.parse(read("report.json").toString()))).toEqual(report);
    const predictions = decodePredictions(read("predictions.bin"));
    expect(predictions.labelSets!.reduce((sum, value) => sum + value, 0)).toBe(40);
    const stored = RunConfig.parse(JSON.parse(read("config.json").toString()));
    expect([stored.loss.name, stored.checkpoint.monitor]).toEqual([
      "binary-cross-entropy",
      "val_mean_average_precision",
    ]);

    const classifier = await loadClassifier(join(run, "model"));
    expect(classifier.card.output).toBe("binary-logits");
    // Of the test pictures one with both, which no softmax over the two could say.
    const data = drawShapes([true, true], 163);
    const said = [...(await classifier.predict([{ data, height: 16, width: 16, channels: 3 }]))];
    const calibrated = withTemperature(predictions, classifier.card.temperature!.value);
    classifier.dispose();
    const row = 2 * predictions.ids.indexOf("163.png");
    said.forEach((probability, label) => {
      expect(probability).toBeGreaterThan(0.5);
      expect(probability).toBeCloseTo(calibrated.probabilities[row + label]!, 5);
    });
  });

  it("keeps what its config says of loss and monitor", async () => {
    const { config } = await openRunData(
      RunConfig.parse(
        configOf({
          loss: { name: "binary-cross-entropy", classWeights: "balanced", labelSmoothing: 0.1 },
          checkpoint: { monitor: "val_accuracy", mode: "max" },
        }),
      ),
      runOptions(join(root, "any")),
    );
    expect(config.loss).toMatchObject({ name: "binary-cross-entropy", labelSmoothing: 0.1 });
    // As many with as without, but for those held back to validate.
    for (const weight of config.loss.classWeights!) expect(Math.abs(weight - 1)).toBeLessThan(0.4);
    expect(config.checkpoint).toEqual({ monitor: "val_accuracy", mode: "max" });
  });

  it("is not begun where no validation picture has a label, of which its monitor would know nothing", async () => {
    const splits = join(root, "empty.csv");
    // Every fourth has none.
    writeFileSync(splits, "id,split\n0.png,val\n4.png,val\n");
    const config = configOf({ epochs: 1, data: { splits } });
    const refused = train(config, runOptions(join(root, "empty")));
    await expect(refused).rejects.toThrow(
      /validation picture with a label, .* val_mean_average_precision. Received: 2 pictures without any/,
    );
    const other = train(
      { ...config, checkpoint: { monitor: "val_loss" } },
      runOptions(join(root, "by-loss")),
    );
    expect((await other).history[0]!.logs["val_mean_average_precision"]).toBeNaN();
  });

  it.each<[string, Partial<Omit<RunConfigInput, "data">>, RegExp]>([
    ["losses of one class", { loss: "focal" }, /Expected the loss binary-cross-entropy .* Received: focal/],
    [
      "cross-entropy with settings",
      { loss: { name: "cross-entropy", labelSmoothing: 0.1 } },
      /Received: cross-entropy, which needs one class/,
    ],
    [
      "weights by effective number",
      { loss: { name: "binary-cross-entropy", classWeights: "effective-number" } },
      /Expected `loss.classWeights` balanced, or a number for each label/,
    ],
    ["sampling by class", { sampling: "class-balanced" }, /any number of labels. Received: class-balanced/],
  ])("refuses %s before there is a run", async (_, more, message) => {
    const config = RunConfig.parse(configOf(more));
    await expect(openRunData(config, runOptions(join(root, "any")))).rejects.toThrow(message);
  });
});

describe("the loss of label sets", () => {
  const logits = tf.tensor2d([[Math.log(3), 0]]);
  const targets = tf.tensor2d([[1, 0]]);
  const labels = tf.tensor1d([-1], "int32");

  it("counts pictures with a label by its weight, as PyTorch's pos_weight", async () => {
    // sigmoid(ln 3) = ¾: 3 · −ln ¾ for the label that is there, −ln ½ for the one that is not.
    const loss = binaryCrossEntropy(logits, targets, { positiveWeights: [3, 5] });
    expect((await loss.data())[0]).toBeCloseTo((-3 * Math.log(0.75) - Math.log(0.5)) / 2, 6);
    const slopes = tf.grad((z) => binaryCrossEntropy(z as tf.Tensor2D, targets, { positiveWeights: [3, 5] }))(
      logits,
    );
    // (3·¾ − 3)/2 and ½/2.
    const [first, second] = await slopes.data();
    expect(first).toBeCloseTo(-3 / 8, 6);
    expect(second).toBeCloseTo(1 / 4, 6);
  });

  it("smooths towards ½, as Keras's", async () => {
    const spec = { name: "binary-cross-entropy", labelSmoothing: 0.2, classWeights: null } as const;
    const loss = createLoss(spec)(logits, { labels, targets });
    // Targets of 0.9 and 0.1.
    const expected = -(0.9 * Math.log(0.75) + 0.1 * Math.log(0.25) + Math.log(0.5)) / 2;
    expect((await loss.data())[0]).toBeCloseTo(expected, 6);
  });

  it("is none of one class", () => {
    const loss = createLoss({ name: "cross-entropy", labelSmoothing: 0, classWeights: null });
    expect(() => loss(logits, { labels, targets })).toThrow(/Received: cross-entropy/);
  });

  it("counts labels that are right", async () => {
    const said = tf.tensor2d([
      [1, -1, 1, -1],
      [2, 2, 2, 2],
    ]);
    const there = tf.tensor2d([
      [1, 0, 0, 0.7],
      [1, 1, 0.6, 0.4],
    ]);
    expect((await countCorrectLabels(said, there).data())[0]).toBeCloseTo(2 / 4 + 3 / 4, 6);
  });
});
