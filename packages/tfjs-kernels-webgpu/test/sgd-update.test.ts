import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { sgdUpdate } from "../src/kernels/optimizer-update.js";
import { callKernel, randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { expectSums, TermSums } from "./float64/term-sums.js";
import { describeOnGpu } from "./open-backend.js";

await describeOnGpu("SgdUpdate", (backend) => {
  it.each([1, 255, 256, 257, 5000])("updates %d parameters", async (size) => {
    const rng = Rng.fromSeed(testSeed).split(size);
    const [param, grad, velocity] = ["param", "grad", "velocity"].map((name) =>
      randomValues(rng.split(name), [size]),
    );
    const attrs = { learningRate: 0.25, momentum: 0.5, nesterov: true, weightDecay: 0.125, coupled: false };
    const outputs = await callKernel(backend, sgdUpdate, { inputs: { param, grad, velocity }, attrs });
    const params = new TermSums(size);
    const velocities = new TermSums(size);
    for (let i = 0; i < size; i++) {
      const [p, g, v] = [param!.values[i]!, grad!.values[i]!, velocity!.values[i]!];
      for (const term of [0.5 * v, g]) velocities.add(i, term);
      for (const term of [p, -0.25 * g, -0.25 * 0.5 * g, -0.25 * 0.5 * 0.5 * v, -0.25 * 0.125 * p]) {
        params.add(i, term);
      }
    }
    expect(outputs).toHaveLength(2);
    expectSums(outputs![0]!.values, params, { where: `param of ${size}` });
    expectSums(outputs![1]!.values, velocities, { where: `velocity of ${size}` });
  });
});
