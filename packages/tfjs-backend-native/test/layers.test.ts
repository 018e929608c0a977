import "@convkit/tfjs-backend-native/register";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";

/** A small network of tfjs-layers with every weight given. */
function network(): tf.LayersModel {
  const { layers } = tf;
  const glorot = (seed: number): ReturnType<typeof tf.initializers.glorotNormal> =>
    tf.initializers.glorotNormal({ seed });
  return tf.sequential({
    layers: [
      layers.conv2d({
        inputShape: [12, 12, 3],
        filters: 8,
        kernelSize: 3,
        padding: "same",
        kernelInitializer: glorot(1),
      }),
      layers.batchNormalization(),
      layers.activation({ activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 12, kernelSize: 3, activation: "relu", kernelInitializer: glorot(2) }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 4, activation: "softmax", kernelInitializer: glorot(3) }),
    ],
  });
}

async function train(backendName: string): Promise<{ losses: number[]; predictions: number[] }> {
  expect(await tf.setBackend(backendName)).toBe(true);
  expect(tf.getBackend()).toBe(backendName);
  const model = network();
  model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: "categoricalCrossentropy" });
  const x: tf.Tensor4D = tf.randomNormal([8, 12, 12, 3], 0, 1, "float32", 4);
  const y = tf.oneHot(tf.range(0, 8, 1, "int32").mod(tf.scalar(4, "int32")), 4);
  const losses: number[] = [];
  for (let step = 0; step < 6; step++) losses.push((await model.trainOnBatch(x, y)) as number);
  const predictions = [...(model.predict(x) as tf.Tensor).dataSync()];
  model.dispose();
  return { losses, predictions };
}

describe("a network of tfjs-layers, of the whole @tensorflow/tfjs", () => {
  it("learns on native as on cpu", async () => {
    const cpu = await train("cpu");
    const native = await train("native");
    for (const [step, loss] of cpu.losses.entries()) expect(native.losses[step]).toBeCloseTo(loss, 3);
    for (const [i, value] of cpu.predictions.entries()) expect(native.predictions[i]).toBeCloseTo(value, 2);
    expect(native.losses.at(-1)).toBeLessThan(native.losses[0] as number);
  });
});
