import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { tinyModel } from "../test/tiny-classifier.js";
import { countFlops } from "./count-flops.js";
import { createModel } from "./create-model.js";
import { splitModel, stagesOf } from "./split-model.js";

const TRAINING = { training: true };
const context = { inputShape: [8, 8, 3], numClasses: 4, rng: Rng.fromSeed(1) } as const;
const pictures = () => tf.randomNormal([3, 8, 8, 3], 0, 1, "float32", 5);
const values = async (tensor: unknown) => [...(await (tensor as tf.Tensor).data())];

function expectClose(received: number[], expected: number[]): void {
  expect(received).toHaveLength(expected.length);
  received.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
}

describe("splitModel", () => {
  it("cuts a network into features and head that make up the whole, in training too", async () => {
    const model = await createModel("resnet20", context);
    const { features, head } = splitModel(model);
    expect(features.outputs[0]!.shape).toEqual([null, 64]);
    expect(head.outputs[0]!.shape).toEqual([null, 4]);
    const x = pictures();
    expectClose(await values(head.predict(features.predict(x))), await values(model.predict(x)));
    const trained = head.apply(features.apply(x, TRAINING), TRAINING);
    expectClose(await values(trained), await values(model.apply(x, TRAINING)));
  });

  it("shares the weights, and leaves the whole's cost as it was", async () => {
    const model = await createModel("resnet20", context);
    const flops = countFlops(model);
    const { features, head } = splitModel(model);
    expect(countFlops(model)).toBe(flops);
    expect(countFlops(features) + countFlops(head)).toBe(flops);
    model.getLayer("logits").setWeights([tf.zeros([64, 4]), tf.tensor1d([1, 2, 3, 4])]);
    expect(await values(head.predict(tf.ones([1, 64])))).toEqual([1, 2, 3, 4]);
  });

  it("cuts a list of layers in front of its dense layer", async () => {
    const { features, head } = splitModel(await tinyModel());
    expect(features.outputs[0]!.shape).toEqual([null, 4]);
    expect(head.layers.map(({ name }) => name)).toEqual(["features", "logits"]);
  });

  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    it(`frees the weights with the last part: ${order.join(", ")}`, async () => {
      const before = tf.memory().numTensors;
      const model = await createModel("resnet20", context);
      const { features, head } = splitModel(model);
      const parts = [model, features, head];
      const last = parts[order[2]!]!;
      parts[order[0]!]!.dispose();
      parts[order[1]!]!.dispose();
      const y = last.predict(last === head ? tf.zeros([1, 64]) : tf.zeros([1, 8, 8, 3])) as tf.Tensor;
      expect(y.size).toBeGreaterThan(0);
      y.dispose();
      last.dispose();
      // The zeros that went in are left.
      expect(tf.memory().numTensors).toBe(before + 1);
    });
  }

  it("refuses a classifier that reads the picture beside the features", () => {
    const input = tf.input({ name: "picture", shape: [4] });
    const hidden = tf.layers.dense({ units: 4 }).apply(input) as tf.SymbolicTensor;
    const judged = tf.layers.dense({ units: 4 }).apply(hidden) as tf.SymbolicTensor;
    const sum = tf.layers.add().apply([judged, input]) as tf.SymbolicTensor;
    expect(() => splitModel(tf.model({ inputs: input, outputs: sum }))).toThrow('reads "picture" too.');
  });
});

describe("stagesOf", () => {
  it("groups layers by the beginnings of their names, and ends with the head", async () => {
    const model = await createModel("resnet20", context);
    const stages = stagesOf(model);
    expect(stages.map(({ name }) => name)).toEqual(["stem", "stage1", "stage2", "stage3", "head"]);
    expect(stages[0]!.layers).toEqual(["stem-conv", "stem-norm"]);
    expect(stages[2]!.layers).toContain("stage2-block1-shortcut-conv");
    expect(stages.at(-1)!.layers).toEqual(["logits"]);
    splitModel(model);
    expect(stagesOf(model)).toEqual(stages);
  });

  it("takes the layers of a list one by one", async () => {
    const model = await tinyModel();
    expect(stagesOf(model).map(({ name }) => name)).toEqual(["conv1", "batchNorm1", "head"]);
  });
});
