import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { hashIndex, statelessDropout } from "./stateless-dropout.js";

/** The definition in kernel-names, in exact integers. */
function hashByDefinition(index: number, seed: number): number {
  const MOD = 2n ** 32n;
  let h = (BigInt(index) * 0x9e3779b9n + BigInt(seed)) % MOD;
  h = ((h ^ (h >> 16n)) * 0x7feb352dn) % MOD;
  h = ((h ^ (h >> 15n)) * 0x846ca68bn) % MOD;
  return Number(h ^ (h >> 16n));
}

describe("hashIndex", () => {
  it("is the hash that kernel-names defines", () => {
    for (const index of [0, 1, 2, 12_345, 1_000_003, 2 ** 31 + 1, 2 ** 32 - 1]) {
      for (const seed of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
        expect(hashIndex(index, seed)).toBe(hashByDefinition(index, seed));
      }
    }
  });

  it("gives for ever the same numbers", () => {
    expect(hashIndex(0, 0)).toBe(0);
    expect([hashIndex(1, 0), hashIndex(2, 0), hashIndex(0, 1)]).toEqual([33350994, 83415710, 1753845952]);
  });
});

describe("statelessDropout", () => {
  it("keeps exactly the elements the definition keeps, scaled", async () => {
    const x = tf.linspace(1, 2, 1000).reshape([10, 100]);
    const values = await x.data();
    const y = await statelessDropout(x, { rate: 0.3, seed: 42 }).data();
    y.forEach((value, i) => {
      const kept = hashByDefinition(i, 42) >= 0.3 * 2 ** 32;
      expect(value).toBeCloseTo(kept ? (values[i] as number) / 0.7 : 0, 5);
    });
  });

  it("drops the fraction it is asked to, and keeps the mean", async () => {
    const y = statelessDropout(tf.ones([100_000]), { rate: 0.25, seed: 9 });
    const values = await y.data();
    const dropped = values.filter((value) => value === 0).length / values.length;
    // The standard error of the fraction is √(0.25 · 0.75 / 100000) = 0.0014.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.007);
    expect(Math.abs(((await y.mean().data())[0] as number) - 1)).toBeLessThan(0.01);
  });

  it("lets the gradient through the same mask", async () => {
    const x = tf.ones([64]);
    const dy = tf.range(1, 65);
    const attrs = { rate: 0.5, seed: 3 };
    const dx = tf.grad((x) => statelessDropout(x, attrs))(x, dy);
    expect([...(await dx.data())]).toEqual([...(await statelessDropout(dy, attrs).data())]);
  });

  it("is the identity at rate 0 and takes an empty tensor", async () => {
    expect([...(await statelessDropout(tf.tensor1d([1, 2]), { rate: 0, seed: 1 }).data())]).toEqual([1, 2]);
    expect(statelessDropout(tf.zeros([0, 3]), { rate: 0.5, seed: 1 }).shape).toEqual([0, 3]);
  });

  it("refuses a rate of 1 and a seed that is no uint32", () => {
    const x = tf.ones([2]);
    expect(() => statelessDropout(x, { rate: 1, seed: 0 })).toThrow(
      "Expected `rate` in [0, 1). Received: 1.",
    );
    expect(() => statelessDropout(x, { rate: Number.NaN, seed: 0 })).toThrow("Received: NaN");
    expect(() => statelessDropout(x, { rate: 0.5, seed: -1 })).toThrow("uint32. Received: -1.");
    expect(() => statelessDropout(x, { rate: 0.5, seed: 0.5 })).toThrow("uint32. Received: 0.5.");
  });
});
