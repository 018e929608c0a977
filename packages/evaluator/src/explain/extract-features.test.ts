import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { extractFeatures } from "./extract-features.js";

it("gives what the last layer with weights reads, picture by picture, and leaves the model as it was", async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [2, 2, 1],
        filters: 2,
        kernelSize: 1,
        weights: [tf.tensor4d([1, -1], [1, 1, 1, 2]), tf.tensor1d([0, 10])],
      }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 3 }),
    ],
  });
  const inputs = tf.tensor4d([1, 2, 3, 6, 0, 0, 0, 4], [2, 2, 2, 1]);
  const before = tf.memory().numTensors;
  const rows = await extractFeatures(model, inputs);
  expect(rows.map((row) => [...row])).toEqual([
    [3, 7],
    [1, 9],
  ]);
  expect(tf.memory().numTensors).toBe(before);
  expect((model.predict(inputs) as tf.Tensor).shape).toEqual([2, 3]);
});
