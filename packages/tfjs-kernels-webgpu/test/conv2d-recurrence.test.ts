/** What a training loop relies on beyond the numbers of one call. */
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { conv2D, fusedConv2D } from "../src/kernels/conv2d.js";
import { conv2DBackpropFilter } from "../src/kernels/conv2d-backprop-filter.js";
import { callKernel, randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { describeOnGpu } from "./open-backend.js";

await describeOnGpu("convolutions of training steps", (backend) => {
  const rng = Rng.fromSeed(testSeed);
  const filter = randomValues(rng.split("filter"), [3, 3, 4, 8]);

  /** The output and both gradients of a strided convolution. */
  async function step(batch: number): Promise<Float32Array[]> {
    const x = randomValues(rng.split(`x${batch}`), [batch, 8, 8, 4]);
    const tensors = [tf.tensor(x.values, [...x.shape]), tf.tensor(filter.values, [...filter.shape])] as const;
    const convolve = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, "same");
    const results = tf.tidy(() => {
      const y = convolve(...tensors);
      return [y, ...tf.grads(convolve)([...tensors], y)];
    });
    const values = await Promise.all(results.map((each) => each.data<"float32">()));
    tf.dispose([...results, ...tensors]);
    return values;
  }

  it("compiles nothing for a batch of another size", async () => {
    await step(20);
    const before = backend.commandCounts;
    await step(19);
    await step(9);
    const after = backend.commandCounts;
    expect(after.newPipelines).toBe(before.newPipelines);
    expect(after.dispatches).toBeGreaterThan(before.dispatches);
  });

  it("gives equal bits for equal calls", async () => {
    const first = await step(20);
    expect(await step(20)).toEqual(first);
  });

  it("makes no bind groups for a step that recurs", async () => {
    await step(20);
    await step(20);
    const { newBindGroups } = backend.commandCounts;
    await step(20);
    expect(backend.commandCounts.newBindGroups).toBe(newBindGroups);
  });

  it("leaves to tfjs's kernels what it does not serve", async () => {
    const attrs = { strides: 1, pad: "same", dataFormat: "NHWC", dilations: 1 };
    const x = randomValues(rng, [1, 4, 4, 4]);
    const declines = async (inputs: object, changed: object) =>
      (await callKernel(backend, fusedConv2D, {
        inputs: { x, filter, ...inputs },
        attrs: { ...attrs, activation: "linear", ...changed },
      })) === null;
    expect(await declines({}, { activation: "elu" })).toBe(true);
    expect(await declines({ bias: randomValues(rng, [4, 4, 8]) }, {})).toBe(true);
    expect(await declines({ bias: randomValues(rng, [1]) }, {})).toBe(true);
    expect(await declines({ x: randomValues(rng, [1, 4, 8, 8]) }, { dataFormat: "NCHW" })).toBe(true);
    expect(await declines({}, { activation: "relu" })).toBe(false);
    const grouped = { x: randomValues(rng, [1, 4, 4, 8]), filter };
    expect(await callKernel(backend, conv2D, { inputs: grouped, attrs })).toBeNull();
    const empty = { x: { shape: [0, 4, 4, 4], values: new Float32Array() }, filter };
    expect(await callKernel(backend, conv2D, { inputs: empty, attrs })).toBeNull();
    const nchw = { ...attrs, dataFormat: "NCHW", filterShape: [3, 3, 4, 8] };
    const dy = randomValues(rng, [1, 8, 4, 4]);
    expect(await callKernel(backend, conv2DBackpropFilter, { inputs: { x, dy }, attrs: nchw })).toBeNull();
  });
});
