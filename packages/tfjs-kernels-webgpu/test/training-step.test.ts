import { BatchNormalization, Dropout, fuseActivations, updateVariables } from "@convkit/ops";
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import type { CommandCounts } from "../src/index.js";
import { randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { describeOnGpu } from "./open-backend.js";

const BATCH = [4, 8, 8, 3];

function createNetwork(): tf.LayersModel {
  const { conv2d, activation, maxPooling2d, dense, flatten } = tf.layers;
  const initializer = (seed: number) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  const model = tf.sequential({
    layers: [
      conv2d({ filters: 4, kernelSize: 3, padding: "same", inputShape: BATCH.slice(1), ...initializer(1) }),
      new BatchNormalization(),
      activation({ activation: "relu" }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 8, kernelSize: 3, padding: "same", useBias: false, ...initializer(2) }),
      new BatchNormalization(),
      activation({ activation: "gelu" }),
      flatten(),
      new Dropout({ rate: 0.25, seed: 7 }),
      dense({ units: 10, ...initializer(3) }),
    ],
  });
  fuseActivations(model);
  return model;
}

/** SGD on new pictures in each step, at a rate that falls. */
function createTraining(model: tf.LayersModel) {
  const rng = Rng.fromSeed(testSeed);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const velocities = variables.map((variable) => tf.variable(tf.zerosLike(variable), false));
  let step = 0;
  return async () => {
    const { shape, values } = randomValues(rng.split(step), BATCH);
    const learningRate = 0.1 / ++step;
    const attrs = { learningRate, momentum: 0.9, nesterov: true, weightDecay: 5e-4 };
    const loss = tf.tidy(() => {
      const images = tf.tensor(values, [...shape]);
      const labels = tf.oneHot(tf.tensor1d([0, 3, 6, step % 10], "int32"), 10);
      const { value, grads } = tf.variableGrads(() => {
        const logits = model.apply(images, { training: true }) as tf.Tensor;
        return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(labels, logits);
      }, variables);
      updateVariables(
        variables.map((param, i) => {
          const inputs = { param, grad: grads[param.name]!, velocity: velocities[i]! };
          return { update: "SgdUpdate", inputs, attrs };
        }),
      );
      return value;
    });
    const [value] = await loss.data();
    loss.dispose();
    return value!;
  };
}

await describeOnGpu("a training step", (backend) => {
  it("makes no pipelines, bind groups and buffers once it recurs", async () => {
    const step = createTraining(createNetwork());
    for (let i = 0; i < 4; i++) await step();
    let before = backend.commandCounts;
    const differences: CommandCounts[] = [];
    for (let i = 0; i < 4; i++) {
      await step();
      const now = backend.commandCounts;
      const entries = Object.entries(now).map(([key, count]) => [
        key,
        count - before[key as keyof CommandCounts],
      ]);
      differences.push(Object.fromEntries(entries));
      before = now;
    }
    const recorded = { newBindGroups: 0, newBuffers: 0, newPipelines: 0 };
    for (const each of differences) expect(each).toMatchObject(recorded);
    // Uploads that wait for what was recorded would submit more often.
    for (const { dispatches, submits } of differences)
      expect(submits).toBeLessThanOrEqual(dispatches / 16 + 2);
  });

  it("gives the same bits when it is done again", async () => {
    const losses: number[][] = [];
    for (let run = 0; run < 2; run++) {
      const step = createTraining(createNetwork());
      losses.push([await step(), await step(), await step()]);
    }
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[0]!.every(Number.isFinite)).toBe(true);
  });

  it("learns as on the cpu backend", async () => {
    const lossesOn = async (name: string) => {
      await tf.setBackend(name);
      const step = createTraining(createNetwork());
      return [await step(), await step(), await step(), await step()];
    };
    const expected = await lossesOn("cpu");
    const received = await lossesOn("webgpu");
    received.forEach((loss, i) => expect(loss, `step ${i + 1}`).toBeCloseTo(expected[i]!, 4));
    expect(new Set(expected).size).toBe(4);
  });
});
