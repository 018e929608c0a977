import { Rng } from "@convkit/random";
import { afterEach, describe, expect, it } from "vitest";
import { fitsInto, nameOfTile, UNIT_TILES } from "../src/gemm/tile.js";
import { fusedMatMul } from "../src/kernels/mat-mul.js";
import { callKernel, coarseValues } from "./call-kernel.js";
import { emulatedUnits } from "./emulated-units.js";
import { testSeed } from "./env.js";
import { expectConvolution } from "./expect-convolution.js";
import type { ConvCase } from "./float64/convolution.js";
import { type MatMulCase, multiply, shapesOf } from "./float64/mat-mul.js";
import { expectSums } from "./float64/term-sums.js";
import { describeOnGpu } from "./open-backend.js";
import { nameOf, randomConv } from "./random-conv.js";

const WAYS = [
  { transposeA: false, transposeB: false },
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
];

/** Strides, shared sums and edges; phases without taps, and what cannot be read as vec4s. */
const CONVOLUTIONS: ConvCase[] = [
  { xShape: [3, 9, 7, 32], filterShape: [3, 3, 32, 64], strides: [2, 2], pad: "same" },
  { xShape: [1, 7, 7, 2], filterShape: [2, 2, 2, 4], strides: [4, 5], pad: "valid" },
];

await describeOnGpu("matrix units", (backend) => {
  afterEach(() => {
    backend.precision = "f32";
    backend.matrixUnits = null;
    backend.tileOrder = null;
  });

  const all = [emulatedUnits({ m: 16, n: 8, k: 16, subgroupSize: 32 }), ...backend.unprovenUnits];
  describe.runIf(backend.device.features.has("shader-f16")).each(all)("$name", (units) => {
    const operandsOf = (product: MatMulCase, rng: Rng) => {
      const shapes = shapesOf(product);
      const [a, b] = [coarseValues(rng.split("a"), shapes.a), coarseValues(rng.split("b"), shapes.b)];
      return { a, b, bias: coarseValues(rng.split("bias"), [product.n]) };
    };
    const switchOn = () => Object.assign(backend, { precision: "f16", matrixUnits: units });

    it.each(WAYS)("multiply matrices: %o", async (way) => {
      switchOn();
      // A device in software compiles each form for ten seconds.
      for (let i = 0; i < 4; i++) {
        const rng = Rng.fromSeed(testSeed).split(i);
        const size = (most: number) => (i % 2 === 0 ? 4 * (1 + rng.int(most / 4)) : 1 + rng.int(most));
        const product = { ...way, m: size(72), n: size(72), k: size(i % 3 === 0 ? 700 : 40) };
        const { a, b, bias } = operandsOf(product, rng);
        const attrs = { ...way, activation: "linear" };
        const outputs = await callKernel(backend, fusedMatMul, { inputs: { a, b, bias }, attrs });
        const where = `${JSON.stringify(product)}, case ${i}`;
        expectSums(outputs![0]!.values, multiply(product, a, b, bias), { where });
      }
    });

    it("cut off what is negative, and keep what is not a number", async () => {
      switchOn();
      for (const n of [4, 5]) {
        const inputs = {
          a: { shape: [2, 1], values: new Float32Array([NaN, -1]) },
          b: { shape: [1, n], values: new Float32Array([1, 2, 3, -4, 5].slice(0, n)) },
        };
        const attrs = { transposeA: false, transposeB: false, activation: "relu" };
        const outputs = await callKernel(backend, fusedMatMul, { inputs, attrs });
        const cut = [0, 0, 0, 4, 0].slice(0, n);
        expect([...outputs![0]!.values]).toEqual([...new Array(n).fill(NaN), ...cut]);
      }
    });

    it("give the same bits by any tile", async () => {
      switchOn();
      const product = { m: 40, n: 40, k: 400 };
      const rng = Rng.fromSeed(testSeed);
      const { a, b } = operandsOf(product, rng);
      const inputs = { a, b: { ...b, values: b.values.map((value) => value / 3) } };
      const attrs = { transposeA: false, transposeB: false, activation: "linear" };
      let first: Float32Array | undefined;
      const fitting = UNIT_TILES.filter((tile) => fitsInto(backend.device, tile, units.subgroupSize));
      // A device in software compiles one of the larger ones for minutes.
      const quick = backend.isSoftware ? fitting.slice(-2) : fitting;
      expect(quick.length).toBeGreaterThan(1);
      for (const tile of quick) {
        backend.tileOrder = () => [tile];
        const [output] = (await callKernel(backend, fusedMatMul, { inputs, attrs }))!;
        expect(output!.values, nameOfTile(tile)).toEqual((first ??= output!.values));
      }
    });

    it.each(CONVOLUTIONS.map((conv) => [nameOf(conv), conv] as const))(
      "convolve: %s",
      async (where, conv) => {
        switchOn();
        await expectConvolution(backend, conv, { rng: Rng.fromSeed(testSeed), where, values: coarseValues });
      },
    );

    it("convolve by random shapes", async () => {
      switchOn();
      for (let i = 0; i < 2; i++) {
        const rng = Rng.fromSeed(testSeed).split(i);
        const conv = randomConv(rng);
        const where = `${nameOf(conv)}, seed ${testSeed}, case ${i}`;
        await expectConvolution(backend, conv, { rng, where, values: coarseValues });
      }
    });
  });
});
