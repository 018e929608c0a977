import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { DropPath } from "./drop-path.js";
import { getDropoutStates, setDropoutStates } from "./dropout.js";
import { hashIndex } from "./stateless-dropout.js";

const TRAINING = { training: true };

function buildModel(seed = 3): tf.LayersModel {
  const input = tf.input({ shape: [2, 2, 3] });
  const dropped = new DropPath({ name: "path", rate: 0.25, seed }).apply(input);
  return tf.model({ inputs: input, outputs: dropped as tf.SymbolicTensor });
}

describe("DropPath", () => {
  it("drops or keeps whole samples, and scales the kept ones", async () => {
    const x = tf.randomUniform([64, 2, 2, 3], 1, 2, "float32", 5);
    const samples = (await x.reshape([64, 12]).array()) as number[][];
    const y = (await (buildModel().apply(x, TRAINING) as tf.Tensor).reshape([64, 12]).array()) as number[][];
    // The first call's seed is hash(0) of the layer's; sample i goes if hash(i) of that is below a quarter of 2³².
    const seed = hashIndex(0, 3);
    const dropped = y.map((_, i) => hashIndex(i, seed) < 2 ** 30);
    expect(dropped.filter(Boolean).length).toBeGreaterThan(5);
    expect(dropped.filter(Boolean).length).toBeLessThan(30);
    y.forEach((sample, i) => {
      const scale = dropped[i] ? 0 : 4 / 3;
      sample.forEach((value, j) => expect(value).toBeCloseTo((samples[i]![j] as number) * scale, 5));
    });
  });

  it("drops other samples at the next call, and the gradients of those it drops", async () => {
    const [model, double] = [buildModel(), buildModel()];
    const x = tf.ones([64, 2, 2, 3]);
    const first = model.apply(x, TRAINING) as tf.Tensor;
    const second = model.apply(x, TRAINING) as tf.Tensor;
    expect(await second.data()).not.toEqual(await first.data());
    const gradient = tf.grad((x) => double.apply(x, TRAINING) as tf.Tensor)(x);
    expect(await gradient.data()).toEqual(await first.data());
  });

  it("is the identity outside training, and at rate 0", async () => {
    const x = tf.ones([8, 4]);
    expect(await (new DropPath({ rate: 0.9, seed: 1 }).apply(x) as tf.Tensor).data()).toEqual(await x.data());
    const never = new DropPath({ rate: 0, seed: 1 });
    expect(await (never.apply(x, TRAINING) as tf.Tensor).data()).toEqual(await x.data());
    expect(() => new DropPath({ rate: 1, seed: 1 })).toThrow(RangeError);
  });

  it("carries its state over a restart, beside those of Dropout", async () => {
    const model = buildModel();
    const x = tf.ones([32, 2, 2, 3]);
    model.apply(x, TRAINING);
    const states = getDropoutStates(model);
    expect(states).toEqual({ path: { calls: 1 } });
    const double = buildModel();
    setDropoutStates(double, states);
    const next = await (model.apply(x, TRAINING) as tf.Tensor).data();
    expect(await (double.apply(x, TRAINING) as tf.Tensor).data()).toEqual(next);
  });

  it("saves the config of a stock Dropout that drops whole samples", () => {
    const stock = tf.layers.dropout({ name: "path", rate: 0.25, noiseShape: [null, 1, 1, 1] as number[] });
    const own = buildModel().getLayer("path");
    expect(own.getClassName()).toBe("Dropout");
    expect(JSON.parse(JSON.stringify(own.getConfig()))).toEqual(
      JSON.parse(JSON.stringify(stock.getConfig())),
    );
  });

  it("leaves nothing behind", () => {
    const model = buildModel();
    const x = tf.ones([4, 2, 2, 3]);
    tf.dispose(model.apply(x, TRAINING) as tf.Tensor);
    const before = tf.memory().numTensors;
    tf.dispose(model.apply(x, TRAINING) as tf.Tensor);
    tf.dispose(tf.grad((x) => model.apply(x, TRAINING) as tf.Tensor)(x));
    expect(tf.memory().numTensors).toBe(before);
  });
});
