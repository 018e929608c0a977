import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { Dropout, getDropoutStates, setDropoutStates } from "./dropout.js";

const TRAINING = { training: true };
const ONES = () => tf.ones([1, 256]);

async function draw(layer: Dropout): Promise<string> {
  return (await (layer.apply(ONES(), TRAINING) as tf.Tensor).data()).join();
}

function buildModel(seed: number): tf.LayersModel {
  const input = tf.input({ shape: [8] });
  const first = new Dropout({ name: "first", rate: 0.5, seed }).apply(input) as tf.SymbolicTensor;
  const second = new Dropout({ name: "second", rate: 0.5, seed: seed + 1 }).apply(first) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: second });
}

describe("Dropout", () => {
  it("draws a new mask at every call and repeats the sequence for the same seed", async () => {
    const draws = async (seed: number): Promise<string[]> => {
      const layer = new Dropout({ rate: 0.5, seed });
      return [await draw(layer), await draw(layer), await draw(layer)];
    };
    expect(new Set(await draws(1)).size).toBe(3);
    expect(await draws(1)).toEqual(await draws(1));
    expect(await draws(1)).not.toEqual(await draws(2));
  });

  it.each([
    { rate: 1, seed: 1 },
    { rate: -0.1, seed: 1 },
    { rate: Number.NaN, seed: 1 },
    { rate: 0.5, seed: -1 },
    { rate: 0.5, seed: 0.5 },
    { rate: 0.5 } as { rate: number; seed: number },
  ])("refuses %j", (args) => {
    expect(() => new Dropout(args)).toThrow(RangeError);
  });

  it("is the identity outside training, which draws no mask", async () => {
    const layer = new Dropout({ rate: 0.9, seed: 1 });
    expect(await (layer.apply(ONES()) as tf.Tensor).data()).toEqual(await ONES().data());
    expect(layer.getState()).toEqual({ calls: 0 });
  });

  it("goes on where a restored state left off", async () => {
    const layer = new Dropout({ rate: 0.5, seed: 5 });
    await draw(layer);
    const state = JSON.parse(JSON.stringify(layer.getState()));
    const next = await draw(layer);
    const restored = new Dropout({ rate: 0.5, seed: 5 });
    restored.setState(state);
    expect(await draw(restored)).toBe(next);
  });

  it("leaves nothing behind", () => {
    const layer = new Dropout({ rate: 0.5, seed: 5 });
    const x = ONES();
    tf.dispose(layer.apply(x, TRAINING) as tf.Tensor);
    const before = tf.memory().numTensors;
    tf.dispose(layer.apply(x, TRAINING) as tf.Tensor);
    tf.dispose(layer.apply(x) as tf.Tensor);
    tf.dispose(tf.grad((x) => layer.apply(x, TRAINING) as tf.Tensor)(x));
    expect(tf.memory().numTensors).toBe(before);
  });

  it("saves the stock layer's config, without the seed", () => {
    const stock = tf.layers.dropout({ name: "d", rate: 0.5 }).getConfig();
    const own = new Dropout({ name: "d", rate: 0.5, seed: 7 });
    expect(own.getClassName()).toBe("Dropout");
    expect(JSON.parse(JSON.stringify(own.getConfig()))).toEqual(JSON.parse(JSON.stringify(stock)));
  });
});

describe("getDropoutStates and setDropoutStates", () => {
  it("carry a model's masks over to its double", async () => {
    const model = buildModel(3);
    const x = tf.ones([4, 8]);
    model.apply(x, TRAINING);
    const states = getDropoutStates(model);
    expect(states).toEqual({ first: { calls: 1 }, second: { calls: 1 } });
    const next = await (model.apply(x, TRAINING) as tf.Tensor).data();
    const double = buildModel(3);
    setDropoutStates(double, states);
    expect(await (double.apply(x, TRAINING) as tf.Tensor).data()).toEqual(next);
  });

  it("refuse the states of another model", () => {
    expect(() => setDropoutStates(buildModel(3), { first: { calls: 1 } })).toThrow(
      "Expected a state for each of the model's Dropout layers: [first, second]. Received: [first].",
    );
  });
});
