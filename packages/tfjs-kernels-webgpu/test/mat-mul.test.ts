import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { gemm } from "../src/gemm/gemm.js";
import { plainForm } from "../src/gemm/plain-form.js";
import { TILES } from "../src/gemm/tile.js";
import { batchMatMul, fusedMatMul } from "../src/kernels/mat-mul.js";
import { callKernel, randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { type MatMulCase, multiply, shapesOf } from "./float64/mat-mul.js";
import { expectSums } from "./float64/term-sums.js";
import { describeOnGpu } from "./open-backend.js";
import { withPoison } from "./poison.js";

const WAYS = [
  { transposeA: false, transposeB: false },
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
];

await describeOnGpu("products of matrices", (backend) => {
  const operandsOf = (product: MatMulCase, rng: Rng) => {
    const shapes = shapesOf(product);
    const [a, b] = [randomValues(rng.split("a"), shapes.a), randomValues(rng.split("b"), shapes.b)];
    return { a, b, bias: randomValues(rng.split("bias"), [product.n]) };
  };

  it.each(WAYS)("are those of float64: %o", async (way) => {
    for (let i = 0; i < 16; i++) {
      const rng = Rng.fromSeed(testSeed).split(i);
      // Every other one can be read as vec4s; some sums are long enough to be shared.
      const size = (most: number) => (i % 2 === 0 ? 4 * (1 + rng.int(most / 4)) : 1 + rng.int(most));
      const product = { ...way, m: size(72), n: size(72), k: size(i % 3 === 0 ? 700 : 40) };
      const { a, b } = operandsOf(product, rng);
      const outputs = await callKernel(backend, batchMatMul, { inputs: { a, b }, attrs: way });
      expectSums(outputs![0]!.values, multiply(product, a, b), {
        where: `${JSON.stringify(product)}, case ${i}`,
      });
      expect(outputs![0]!.shape).toEqual([product.m, product.n]);
    }
  });

  it.each([8, 500])("adds a bias to sums of %d terms and cuts off what is negative", async (k) => {
    const product = { m: 5, n: 12, k };
    const { a, b, bias } = operandsOf(product, Rng.fromSeed(testSeed));
    const inputs = { a: { ...a, shape: [1, 5, k] }, b: { ...b, shape: [1, k, 12] }, bias };
    const attrs = { transposeA: false, transposeB: false, activation: "relu" };
    const outputs = await callKernel(backend, fusedMatMul, { inputs, attrs });
    const sums = multiply(product, a, b, bias);
    for (const [i, value] of sums.values.entries()) sums.values[i] = Math.max(value, 0);
    expectSums(outputs![0]!.values, sums, { where: `relu of ${k} terms` });
    expect(outputs![0]!.values.filter((value) => value === 0).length).toBeGreaterThan(10);
    expect(outputs![0]!.shape).toEqual([1, 5, 12]);
  });

  it("keeps what is not a number where it cuts off what is negative", async () => {
    const inputs = {
      a: { shape: [2, 1], values: new Float32Array([NaN, -1]) },
      b: { shape: [1, 4], values: new Float32Array([1, 2, 3, -4]) },
    };
    const attrs = { transposeA: false, transposeB: false, activation: "relu" };
    const outputs = await callKernel(backend, fusedMatMul, { inputs, attrs });
    expect([...outputs![0]!.values]).toEqual([NaN, NaN, NaN, NaN, 0, 0, 0, 4]);
  });

  it.each(TILES.map((tile) => [JSON.stringify(tile), tile] as const))(
    "are the same by any tile: %s",
    async (name, tile) => {
      const product = { m: tile.m + 3, n: tile.n + 8, k: 36 };
      const { a, b } = operandsOf(product, Rng.fromSeed(testSeed));
      const [left, right] = [tf.tensor2d(a.values, [product.m, 36]), tf.tensor2d(b.values, [36, product.n])];
      const { dataId } = withPoison(backend, () =>
        gemm(backend, {
          ...product,
          form: plainForm(product),
          a: left,
          b: right,
          outputShape: [product.m, product.n],
          usualM: product.m,
          tile,
          uniforms: { M: product.m, N: product.n, K: product.k },
        }),
      );
      const received = (await backend.read(dataId)) as Float32Array;
      expectSums(received, multiply(product, a, b), { where: name });
      backend.disposeData(dataId);
      tf.dispose([left, right]);
    },
  );

  it("are left to tfjs's kernel where they are many, or both across", async () => {
    const rng = Rng.fromSeed(testSeed);
    const attrs = { transposeA: false, transposeB: false };
    const many = { a: randomValues(rng, [2, 3, 4]), b: randomValues(rng, [2, 4, 5]) };
    expect(await callKernel(backend, batchMatMul, { inputs: many, attrs })).toBeNull();
    const across = { a: randomValues(rng, [4, 3]), b: randomValues(rng, [5, 4]) };
    const both = { transposeA: true, transposeB: true };
    expect(await callKernel(backend, batchMatMul, { inputs: across, attrs: both })).toBeNull();
    const inputs = {
      a: randomValues(rng, [3, 4]),
      b: randomValues(rng, [4, 5]),
      bias: randomValues(rng, [3, 5]),
    };
    const fused = { ...attrs, activation: "linear" };
    expect(await callKernel(backend, fusedMatMul, { inputs, attrs: fused })).toBeNull();
    const elu = { inputs: { ...inputs, bias: undefined }, attrs: { ...attrs, activation: "elu" } };
    expect(await callKernel(backend, fusedMatMul, elu)).toBeNull();
  });
});
