import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { gelu, geluGrad } from "../src/kernels/gelu.js";
import { callKernel, randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { gelu as gelu64, geluSlope } from "./float64/gelu.js";
import { expectSums, TermSums } from "./float64/term-sums.js";
import { describeOnGpu } from "./open-backend.js";

await describeOnGpu("Gelu", (backend) => {
  it.each([[[1]], [[3, 86]], [[2, 5, 7, 4]]])("and its gradient of %j", async (shape) => {
    const rng = Rng.fromSeed(testSeed).split(JSON.stringify(shape));
    const normal = randomValues(rng.split("x"), shape);
    // Both tails, too.
    const x = { shape, values: normal.values.map((value) => 4 * value) };
    const dy = randomValues(rng.split("dy"), shape);
    const [y] = (await callKernel(backend, gelu, { inputs: { x }, attrs: {} }))!;
    const [dx] = (await callKernel(backend, geluGrad, { inputs: { dy, x }, attrs: {} }))!;
    const [values, slopes] = [new TermSums(x.values.length), new TermSums(x.values.length)];
    x.values.forEach((value, i) => {
      values.add(i, gelu64(value));
      // x · (1 + erf) / 2, which cancels in the lower tail.
      values.magnitudes[i]! += Math.abs(value) / 2;
      slopes.add(i, dy.values[i]! * geluSlope(value));
      slopes.magnitudes[i]! += Math.abs(dy.values[i]!);
    });
    expectSums(y!.values, values, { tolerance: 1e-6, where: "y" });
    expectSums(dx!.values, slopes, { tolerance: 1e-6, where: "dx" });
    expect([y!.shape, dx!.shape]).toEqual([shape, shape]);
  });

  it("is 0 far below, the number itself far above, and NaN of NaN", async () => {
    const x = { shape: [5], values: Float32Array.of(-1e20, -100, 0, 100, NaN) };
    const [y] = (await callKernel(backend, gelu, { inputs: { x }, attrs: {} }))!;
    expect([...y!.values].map((value) => value + 0)).toEqual([0, 0, 0, 100, NaN]);
  });
});
