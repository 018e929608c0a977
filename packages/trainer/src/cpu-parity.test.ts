/** Training on the backend under test beside stock tfjs's `cpu`, and what it leaves behind of memory. */
import { BatchNormalization, Dropout } from "@convkit/ops";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { SQUARE_CLASSES } from "../test/squares.js";
import { eventsOf, trainSquares } from "../test/train-squares.js";
import type { Callback } from "./callback.js";

/** [N, 8, 8, 3] → logits [N, 3]; equal weights at every call. */
function buildNetwork(): tf.LayersModel {
  const conv = (name: string, seed: number, filters: number) =>
    tf.layers.conv2d({
      ...{ name, filters, kernelSize: 3, padding: "same", useBias: false },
      kernelInitializer: tf.initializers.heNormal({ seed }),
    });
  const input = tf.input({ shape: [8, 8, 3] });
  const layers = [
    conv("conv1", 1, 8),
    new BatchNormalization({ name: "norm1" }),
    tf.layers.reLU({ name: "relu1" }),
    tf.layers.maxPooling2d({ name: "pool", poolSize: 2 }),
    new Dropout({ name: "dropout", rate: 0.2, seed: 7 }),
    conv("conv2", 2, 12),
    new BatchNormalization({ name: "norm2" }),
    tf.layers.reLU({ name: "relu2" }),
    tf.layers.globalAveragePooling2d({ name: "average" }),
    tf.layers.dense({
      name: "logits",
      units: SQUARE_CLASSES.length,
      kernelInitializer: tf.initializers.heNormal({ seed: 3 }),
    }),
  ];
  const outputs = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
  return tf.model({ inputs: input, outputs });
}

async function lossesOn(backend: string, name: string): Promise<number[]> {
  await tf.setBackend(backend);
  const { events } = await trainSquares({ model: buildNetwork(), epochs: 1, optimizerSpec: { name } });
  return eventsOf(events, "step").map(({ logs }) => logs.loss!);
}

const BACKEND = tf.getBackend();

describe.skipIf(BACKEND === "cpu")("20 steps of a network with batch norm, dropout and max pool", () => {
  it.each(["sgd", "adamw"])("have by %s the losses of the cpu backend", async (name) => {
    const expected = await lossesOn("cpu", name);
    const losses = await lossesOn(BACKEND, name);
    expect(losses).toHaveLength(20);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    losses.forEach((loss, i) => expect(Math.abs(loss - expected[i]!), `step ${i + 1}`).toBeLessThan(1e-4));
  });
});

/** What backends of GPUs say besides. */
interface GpuMemoryInfo {
  readonly numTensors: number;
  readonly numBytesInGPU?: number | undefined;
}

it("holds as much memory after 60 steps as after 3", async () => {
  const held: GpuMemoryInfo[] = [];
  const counter: Callback = {
    name: "counter",
    onStepEnd({ step }) {
      const { numTensors, numBytesInGPU } = tf.memory() as GpuMemoryInfo;
      // An epoch's last batch is smaller.
      if (step >= 3 && step % 20 !== 0) held.push({ numTensors, numBytesInGPU });
    },
  };
  await trainSquares({
    model: buildNetwork(),
    epochs: 3,
    optimizerSpec: { name: "adamw" },
    callbacks: [counter],
  });
  expect(held).toHaveLength(55);
  expect(held[0]!.numBytesInGPU! > 0).toBe(BACKEND === "webgpu");
  for (const each of held) expect(each).toEqual(held[0]);
});
