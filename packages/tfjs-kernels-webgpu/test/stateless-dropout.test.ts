import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { statelessDropout } from "../src/kernels/stateless-dropout.js";
import { callKernel, randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { describeOnGpu } from "./open-backend.js";

/** The hash of kernel-names in integers of any size. */
function hash(index: number, seed: number): number {
  const wrap = (value: bigint) => BigInt.asUintN(32, value);
  let h = wrap(BigInt(index) * 0x9e3779b9n + BigInt(seed));
  h = wrap((h ^ (h >> 16n)) * 0x7feb352dn);
  h = wrap((h ^ (h >> 15n)) * 0x846ca68bn);
  return Number(h ^ (h >> 16n));
}

await describeOnGpu("StatelessDropout", (backend) => {
  it.each([
    { shape: [3, 5, 7], rate: 0.5, seed: 0 },
    { shape: [64, 20], rate: 0.1, seed: 0xffffffff },
    { shape: [1001], rate: 0.7, seed: 0x9abcdef0 },
    { shape: [40], rate: 0, seed: 7 },
    { shape: [40], rate: 1 - 2 ** -40, seed: 7 },
  ])("keeps of $shape at rate $rate and seed $seed what the hash keeps", async ({ shape, rate, seed }) => {
    const x = randomValues(Rng.fromSeed(testSeed).split(seed), shape);
    const [y] = (await callKernel(backend, statelessDropout, { inputs: { x }, attrs: { rate, seed } }))!;
    const scale = Math.fround(1 / (1 - rate));
    const expected = x.values.map((value, i) =>
      hash(i, seed) >= rate * 2 ** 32 ? value * scale : value * 0,
    );
    expect(y!.shape).toEqual(shape);
    expect(y!.values).toEqual(expected);
  });

  it("takes an empty tensor", async () => {
    const x = { shape: [0, 3], values: new Float32Array(0) };
    const [y] = (await callKernel(backend, statelessDropout, {
      inputs: { x },
      attrs: { rate: 0.5, seed: 1 },
    }))!;
    expect(y!.values).toHaveLength(0);
  });
});
