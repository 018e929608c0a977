import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { mean, sum } from "../src/kernels/reduction.js";
import { callKernel, randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { expectSums, TermSums } from "./float64/term-sums.js";
import { describeOnGpu } from "./open-backend.js";

const CASES: readonly { shape: number[]; axis: number[] }[] = [
  // Gradients of biases.
  { shape: [4, 9, 9, 8], axis: [0, 1, 2] },
  { shape: [700, 5], axis: [0] },
  // Pooling over all pixels.
  { shape: [3, 7, 5, 12], axis: [1, 2] },
  // All of it, more than a workgroup takes; an axis from the end.
  { shape: [31, 1000], axis: [0, 1] },
  { shape: [2, 3, 300], axis: [-1] },
  { shape: [257], axis: [0] },
  { shape: [2, 5, 260], axis: [1] },
];

await describeOnGpu("sums and means", (backend) => {
  it.each(CASES)("of $shape over $axis", async ({ shape, axis }) => {
    const rng = Rng.fromSeed(testSeed).split(JSON.stringify({ shape, axis }));
    const x = randomValues(rng, shape);
    const reduced = axis.map((each) => (each + shape.length) % shape.length);
    const kept = shape.map((size, i) => (reduced.includes(i) ? 1 : size));
    const count = reduced.reduce((product, i) => product * shape[i]!, 1);
    const [sums, means] = [1, 2].map(() => new TermSums(x.values.length / count));
    x.values.forEach((value, place) => {
      let [rest, target, stride] = [place, 0, 1];
      for (let i = shape.length - 1; i >= 0; i--) {
        target += kept[i] === 1 ? 0 : (rest % shape[i]!) * stride;
        stride *= kept[i]!;
        rest = Math.floor(rest / shape[i]!);
      }
      sums!.add(target, value);
      means!.add(target, value / count);
    });
    const [received] = (await callKernel(backend, sum, { inputs: { x }, attrs: { axis, keepDims: true } }))!;
    expect(received!.shape).toEqual(kept);
    expectSums(received!.values, sums!, { where: "sum" });
    const [mid] = (await callKernel(backend, mean, { inputs: { x }, attrs: { axis, keepDims: false } }))!;
    expect(mid!.shape).toEqual(shape.filter((_, i) => !reduced.includes(i)));
    expectSums(mid!.values, means!, { where: "mean" });
  });

  it("leaves short rows, and axes that are apart, to tfjs", async () => {
    const x = randomValues(Rng.fromSeed(1), [4, 3, 5]);
    for (const axis of [[2], [0, 2]]) {
      expect(await callKernel(backend, sum, { inputs: { x }, attrs: { axis, keepDims: false } })).toBeNull();
    }
  });
});
