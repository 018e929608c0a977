import type * as names from "@convkit/ops/kernel-names";
import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { batchNormReluMaxPool, batchNormTraining } from "../src/kernels/batch-norm-training.js";
import { batchNormReluMaxPoolGrad, batchNormTrainingGrad } from "../src/kernels/batch-norm-training-grad.js";
import { callKernel, randomValues, type Values } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { batchNorm, type BatchNormCase, batchNormGrad } from "./float64/batch-norm.js";
import { expectSums } from "./float64/term-sums.js";
import { describeOnGpu } from "./open-backend.js";

interface Made {
  readonly shape: readonly number[];
  readonly tail: BatchNormCase["tail"];
  readonly parameters: "none" | "scale" | "offset" | "both";
  /** Mean of x in units of its deviation. */
  readonly mean: number;
}

const CASES: readonly Made[] = [
  { shape: [2, 3, 5, 8], tail: "linear", parameters: "both", mean: 0 },
  { shape: [3, 7, 5, 3], tail: "relu", parameters: "both", mean: 0 },
  // More groups of channels than a workgroup has columns, and one row.
  { shape: [1, 260], tail: "linear", parameters: "none", mean: 0 },
  { shape: [9, 4, 4, 68], tail: "gelu", parameters: "scale", mean: 1 },
  // Many parts of many rows.
  { shape: [4, 64, 32, 4], tail: "relu", parameters: "offset", mean: 0 },
  { shape: [700, 5], tail: "gelu", parameters: "both", mean: 0 },
  // Squares of raw values would have no digit left.
  { shape: [40, 5, 16], tail: "linear", parameters: "both", mean: 3000 },
  { shape: [2, 4, 6, 4], tail: "relu-pool", parameters: "both", mean: 0 },
  { shape: [3, 2, 2, 3], tail: "relu-pool", parameters: "none", mean: 1 },
  { shape: [5, 16, 8, 12], tail: "relu-pool", parameters: "scale", mean: 0 },
];

function caseOf({ shape, tail, parameters, mean }: Made, rng: Rng): BatchNormCase {
  const channels = [shape.at(-1)!];
  const { values } = randomValues(rng.split("x"), shape);
  const given = (name: "scale" | "offset") =>
    parameters === "both" || parameters === name ? randomValues(rng.split(name), channels) : undefined;
  const x = { shape, values: values.map((value) => value + mean) };
  return { x, scale: given("scale"), offset: given("offset"), epsilon: 1e-3, tail };
}

const pooled = ([n, h, w, c]: readonly number[]) => [n!, h! / 2, w! / 2, c!];

await describeOnGpu("batch norm in training", (backend) => {
  it.each(CASES)("$tail of $shape, parameters: $parameters, mean $mean", async (made) => {
    const rng = Rng.fromSeed(testSeed).split(JSON.stringify(made));
    const one = caseOf(made, rng);
    const { x, scale, offset, epsilon, tail } = one;
    const isPooled = tail === "relu-pool";
    const attrs = isPooled ? { epsilon } : { epsilon, activation: tail };
    const forward = isPooled ? batchNormReluMaxPool : batchNormTraining;
    const backward = isPooled ? batchNormReluMaxPoolGrad : batchNormTrainingGrad;

    const [y, mean, variance] = (await callKernel(backend, forward, {
      inputs: { x, scale, offset },
      attrs,
    }))!;
    const expected = batchNorm(one);
    expect(y!.shape).toEqual(isPooled ? pooled(made.shape) : made.shape);
    expectSums(mean!.values, expected.mean, { where: "mean" });
    expectSums(variance!.values, expected.variance, { where: "variance" });
    expectSums(y!.values, expected.y, { where: "y" });

    const dy = randomValues(rng.split("dy"), y!.shape);
    const inputs = { dy, x, mean, variance, scale, offset };
    const outputs = (await callKernel(backend, backward, { inputs, attrs }))!;
    const gradient = batchNormGrad(one, dy);
    expectSums(outputs[0]!.values, gradient.dx, { where: "dx" });
    expectSums(outputs[1]!.values, gradient.dscale, { where: "dscale" });
    expectSums(outputs[2]!.values, gradient.doffset, { where: "doffset" });
    expect(await callKernel(backend, backward, { inputs, attrs })).toEqual(outputs);
  });

  it("hands the gradient to the first of a window's greatest pixels, and to none where all are below 0", async () => {
    const of = (...values: number[]): Values => ({ shape: [1, 2, 4, 1], values: Float32Array.from(values) });
    // Two windows side by side: 1 stands there twice; the other is below the mean.
    const x = of(0, 1, -1, -2, 1, 0, -2, -1);
    const [mean, variance] = [0, 0.5].map((value) => ({ shape: [1], values: Float32Array.of(value) }));
    const dy = { shape: [1, 1, 2, 1], values: Float32Array.of(8, 100) };
    const call = { inputs: { dy, x, mean, variance }, attrs: { epsilon: 0.5 } };
    const [dx, dscale, doffset] = (await callKernel(backend, batchNormReluMaxPoolGrad, call))!;
    expect([...doffset!.values]).toEqual([8]);
    expect([...dscale!.values]).toEqual([8]);
    // At the mean and variance that it is told: dy − 1 − x.
    expect([...dx!.values]).toEqual([-1, 6, 0, 1, -2, -1, 1, 0]);
  });

  it("says that a picture is NaN", async () => {
    const x = { shape: [4, 1], values: Float32Array.of(1, NaN, 2, 3) };
    const attrs = { epsilon: 1e-3, activation: "relu" } satisfies names.BatchNormTrainingAttrs;
    const [y] = (await callKernel(backend, batchNormTraining, { inputs: { x }, attrs }))!;
    expect([...y!.values]).toEqual([NaN, NaN, NaN, NaN]);
  });
});
