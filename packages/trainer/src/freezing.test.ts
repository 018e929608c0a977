/** Stages that rest and stages that learn slower, in runs on the coloured squares. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModel } from "@convkit/models";
import { Rng } from "@convkit/random";
import { FreezeSpec, OptimizerSpec, RunConfig, type RunConfigInput, type TrainEvent } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastWeights, runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { loadCheckpoint } from "./checkpoint.js";
import { Freezing, stageLearningRates, StageError } from "./freezing.js";
import { readVariables, weightsByName } from "./named-tensors.js";
import { createOptimizer } from "./optimizer.js";
import { openRunData } from "./run-data.js";
import { assembleRun } from "./run-parts.js";
import { resume, train } from "./train.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-freezing-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
});
afterAll(() => rmSync(root, { recursive: true }));

let runs = 0;
const newRun = (): string => join(root, `run-${++runs}`);
const configOf = (more: Partial<RunConfigInput>) => squaresConfig(join(root, "squares"), more);

/** Stages conv1, batchNorm1 and head. */
function network(): Promise<tf.LayersModel> {
  const { model } = RunConfig.parse(configOf({}));
  return createModel(model, { inputShape: [8, 8, 3], numClasses: 3, rng: Rng.fromSeed(1) });
}

async function firstWeights(config: RunConfigInput) {
  const data = await openRunData(RunConfig.parse(config), runOptions(newRun()));
  const parts = await assembleRun(data, { resumeFrom: null, workers: 0 });
  const weights = await readVariables(weightsByName(parts.model));
  await parts.dispose();
  return weights;
}

const trainable = (model: tf.LayersModel) => model.trainableWeights.map(({ originalName }) => originalName);

describe("a run with frozen features", () => {
  it("trains the head alone, keeps the statistics of batch norm, and has no slots for the rest", async () => {
    const config = configOf({ freeze: { stages: "features" }, epochs: 1 });
    const run = newRun();
    await train(config, runOptions(run));
    const first = await firstWeights(config);
    const { weights, slots } = (await loadCheckpoint(join(run, "checkpoints/last")))!;
    const moved = Object.keys(weights).filter(
      (name) => weights[name]!.data.join() !== first[name]!.data.join(),
    );
    expect(moved.sort()).toEqual(["logits/bias", "logits/kernel"]);
    expect(Object.keys(slots).sort()).toEqual(["logits/bias/velocity", "logits/kernel/velocity"]);
  });

  it("saves an ordinary network, of which nothing is frozen", async () => {
    const run = newRun();
    await train(configOf({ freeze: { stages: ["conv1"] }, epochs: 1 }), runOptions(run));
    const text = readFileSync(join(run, "model/model.json"), "utf8");
    expect(text).toContain('"trainable":true');
    expect(text).not.toContain('"trainable":false');
  });
});

describe("a run that unfreezes one stage after the other", () => {
  const GRADUAL: Partial<RunConfigInput> = {
    freeze: { stages: "features", untilEpoch: 1, everyEpochs: 1 },
    stageDecay: 0.5,
    optimizer: "adamw",
    learningRate: 0.01,
    epochs: 3,
  };
  let uncut: string;
  beforeAll(async () => {
    uncut = newRun();
    await train(configOf(GRADUAL), runOptions(uncut));
  });

  // Of 12 an epoch.
  it.each([5, 12, 17, 24, 30])("ends as if it had not been cut at step %i", async (lastStep) => {
    const config = configOf(GRADUAL);
    const cut = newRun();
    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === lastStep) controller.abort(new Error("enough"));
    };
    await train(config, runOptions(cut, { signal: controller.signal, onEvent }));
    expect((await resume(cut, runOptions(cut))).status).toBe("completed");
    expect(await lastWeights(cut)).toEqual(await lastWeights(uncut));
  });

  it("has trained everything in the end", async () => {
    const first = await firstWeights(configOf(GRADUAL));
    const { weights } = (await loadCheckpoint(join(uncut, "checkpoints/last")))!;
    for (const [name, { data }] of Object.entries(weights)) expect(data, name).not.toEqual(first[name]!.data);
  });
});

describe("Freezing", () => {
  it("unfreezes from the head down", async () => {
    const model = await network();
    const freezing = new Freezing(
      model,
      FreezeSpec.parse({ stages: "features", untilEpoch: 2, everyEpochs: 3 }),
    );
    const head = ["logits/kernel", "logits/bias"];
    const norm = ["batchNorm1/gamma", "batchNorm1/beta"];
    const inEpoch = (epoch: number) => {
      freezing.startEpoch(epoch);
      return trainable(model);
    };
    expect(inEpoch(2)).toEqual(head);
    expect(inEpoch(3)).toEqual([...norm, ...head]);
    expect(inEpoch(5)).toEqual([...norm, ...head]);
    expect(inEpoch(6)).toEqual(["conv1/kernel", ...norm, ...head]);
    expect(inEpoch(1)).toEqual(head);
    freezing.release();
    expect(trainable(model)).toEqual(["conv1/kernel", ...norm, ...head]);
  });

  it("leaves frozen what the network itself had frozen", async () => {
    const model = await network();
    const gamma = model.getLayer("batchNorm1").trainableWeights[0]!;
    gamma.trainable = false;
    const freezing = new Freezing(model, FreezeSpec.parse({ stages: ["batchNorm1"], untilEpoch: 1 }));
    freezing.startEpoch(1);
    freezing.startEpoch(2);
    expect(trainable(model)).toEqual(["conv1/kernel", "batchNorm1/beta", "logits/kernel", "logits/bias"]);
  });

  it("names the stages there are", async () => {
    const model = await network();
    const freeze = (stages: string[]) => () => new Freezing(model, { stages });
    expect(freeze(["stem"])).toThrow(StageError);
    expect(freeze(["stem"])).toThrow(
      "Expected `freeze.stages` to be of the network's stages: conv1, batchNorm1, head. Received: stem.",
    );
    expect(freeze(["head", "conv1", "batchNorm1"])).toThrow("to leave a stage that is trained");
  });
});

describe("discriminative learning rates", () => {
  it("fall by one factor from stage to stage, back from the head", async () => {
    expect([...stageLearningRates(await network(), 0.5)]).toEqual([
      ["logits/kernel", 1],
      ["logits/bias", 1],
      ["batchNorm1/gamma", 0.5],
      ["batchNorm1/beta", 0.5],
      ["batchNorm1/moving_mean", 0.5],
      ["batchNorm1/moving_variance", 0.5],
      ["conv1/kernel", 0.25],
    ]);
  });

  it("multiply those of the optimizer's groups", async () => {
    const weight = tf.variable(tf.tensor1d([1]));
    const spec = OptimizerSpec.parse({
      name: "sgd",
      momentum: 0,
      groups: [{ weights: "^a/", learningRate: 2 }],
    });
    const learningRates = new Map([["a/kernel", 0.25]]);
    const optimizer = createOptimizer(spec, new Map([["a/kernel", weight]]), { learningRates });
    optimizer.update(new Map([["a/kernel", tf.tensor1d([1])]]), { learningRate: 0.1, step: 1 });
    expect((await weight.data())[0]).toBeCloseTo(1 - 0.1 * 2 * 0.25, 6);
  });
});

describe("a weight that rests first", () => {
  it("makes its first update as Adam's first: by the learning rate, whatever the step", async () => {
    const weight = tf.variable(tf.tensor1d([1]));
    const optimizer = createOptimizer(OptimizerSpec.parse("adam"), new Map([["a/kernel", weight]]), {
      stepsPerEpoch: 3,
      restingEpochs: new Map([["a/kernel", 2]]),
    });
    const update = async (step: number) => {
      optimizer.update(new Map([["a/kernel", tf.tensor1d([0.3])]]), { learningRate: 0.1, step });
      return (await weight.data())[0];
    };
    expect(await update(6)).toBe(1);
    expect(await update(7)).toBeCloseTo(0.9, 5);
  });
});
