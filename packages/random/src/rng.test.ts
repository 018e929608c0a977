import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng, RngStateError, type RngState } from "./rng.js";

function draw(rng: Rng, count: number): number[] {
  return Array.from({ length: count }, () => rng.nextUint32());
}

const PATH = fc.array(fc.oneof(fc.string(), fc.maxSafeInteger()), { maxLength: 4 });

describe("the generator", () => {
  it("is xoshiro128** 1.1: the numbers of the reference C code from the state 1, 2, 3, 4", () => {
    const rng = Rng.fromJSON({ algorithm: "xoshiro128**", key: [0, 0, 0, 0], state: [1, 2, 3, 4] });
    expect(draw(rng, 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
    draw(rng, 990);
    expect(rng.nextUint32()).toBe(136054147);
  });

  it("starts from the hash of its path", () => {
    // The reference C code of MurmurHash3_x86_128 over 25 zero bytes: no parent, integer, 0.
    const root = [3790436594, 2272715471, 1652305515, 3518580948];
    expect(Rng.fromSeed(0).toJSON()).toEqual({ algorithm: "xoshiro128**", key: root, state: root });
  });

  it("keeps its numbers for ever", () => {
    expect(draw(Rng.fromSeed(0), 3)).toEqual([4075762786, 1566150508, 1305368689]);
    expect(draw(Rng.fromSeed("convkit").split("epoch").split(7), 3)).toEqual([
      3362553579, 3749942197, 1129479952,
    ]);
  });

  it("fills bytes evenly (chi-square over 256 bins, 255 degrees of freedom)", () => {
    const rng = Rng.fromSeed(1);
    const counts = new Float64Array(256);
    const draws = 256_000;
    for (let i = 0; i < draws; i++) counts[rng.nextUint32() >>> 24]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 255 ± 5 √(2·255)
    expect(chiSquare).toBeGreaterThan(142);
    expect(chiSquare).toBeLessThan(368);
  });

  it("sets each bit half of the time", () => {
    const rng = Rng.fromSeed(2);
    const ones = new Float64Array(32);
    for (let i = 0; i < 100_000; i++) {
      const word = rng.nextUint32();
      for (let bit = 0; bit < 32; bit++) ones[bit]! += (word >>> bit) & 1;
    }
    for (const count of ones) expect(Math.abs(count - 50_000)).toBeLessThan(5 * Math.sqrt(25_000));
  });
});

describe("split", () => {
  it("does not depend on how many numbers were drawn", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(50), fc.string(), (seed, draws, key) => {
        const fresh = Rng.fromSeed(seed);
        const used = Rng.fromSeed(seed);
        draw(used, draws);
        expect(used.split(key).toJSON()).toEqual(fresh.split(key).toJSON());
      }),
    );
  });

  it("does not disturb its parent", () => {
    const rng = Rng.fromSeed(3);
    const expected = draw(Rng.fromSeed(3), 4);
    rng.split("child").nextUint32();
    expect(draw(rng, 4)).toEqual(expected);
  });

  it("gives different streams for different paths", () => {
    fc.assert(
      fc.property(PATH, PATH, (one, other) => {
        const follow = (path: (string | number)[]) =>
          path.reduce((rng, key) => rng.split(key), Rng.fromSeed(0));
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(JSON.stringify(draw(follow(one), 4)) === JSON.stringify(draw(follow(other), 4))).toBe(same);
      }),
    );
  });

  it("tells the number 1 from the text 1", () => {
    const rng = Rng.fromSeed(0);
    expect(rng.split(1).nextUint32()).not.toBe(rng.split("1").nextUint32());
  });

  it("gives neighbours that are independent: first numbers of 65,536 children fill 256 bins evenly", () => {
    const parent = Rng.fromSeed(5);
    const counts = new Float64Array(256);
    for (let i = 0; i < 65_536; i++) counts[parent.split(i).nextUint32() & 255]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 256) ** 2 / 256, 0);
    expect(chiSquare).toBeGreaterThan(142);
    expect(chiSquare).toBeLessThan(368);
  });

  it("refuses numbers that are not safe integers", () => {
    expect(() => Rng.fromSeed(0.5)).toThrow(RangeError);
    expect(() => Rng.fromSeed(0).split(Number.NaN)).toThrow(/safe integer.*Received: NaN/);
  });
});

describe("distributions", () => {
  it("uniform: the two words 2031721883 and 1637235492 as 53 bits", () => {
    const rng = Rng.fromJSON({ algorithm: "xoshiro128**", key: [0, 0, 0, 0], state: [1, 2, 3, 4] });
    draw(rng, 4);
    expect(rng.uniform()).toBe(((2031721883 >>> 5) * 67108864 + (1637235492 >>> 6)) / 9007199254740992);
  });

  it("uniform: in [0, 1), mean 1/2, variance 1/12", () => {
    const rng = Rng.fromSeed(6);
    const values = Array.from({ length: 100_000 }, () => rng.uniform());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const { mean, variance } = moments(values);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  it("normal: mean 0, variance 1, 68.27 % within one", () => {
    const rng = Rng.fromSeed(7);
    const values = Array.from({ length: 100_000 }, () => rng.normal());
    const { mean, variance } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(100_000));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 100_000));
    const within = values.filter((value) => Math.abs(value) < 1).length / values.length;
    expect(Math.abs(within - 0.6827)).toBeLessThan(0.0075);
  });

  it.each([0.3, 1, 4.5])("gamma of shape %f: mean and variance are the shape", (shape) => {
    const rng = Rng.fromSeed(11);
    const values = Array.from({ length: 100_000 }, () => rng.gamma(shape));
    expect(values.every((value) => value > 0)).toBe(true);
    const { mean, variance } = moments(values);
    expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / 100_000));
    // Its fourth central moment is 3·shape² + 6·shape.
    expect(Math.abs(variance - shape)).toBeLessThan(5 * Math.sqrt((2 * shape ** 2 + 6 * shape) / 100_000));
  });

  it("gamma of shape 1 is exponential: a share of 1/e lies above 1", () => {
    const rng = Rng.fromSeed(12);
    let above = 0;
    for (let i = 0; i < 100_000; i++) if (rng.gamma(1) > 1) above++;
    expect(Math.abs(above / 100_000 - 1 / Math.E)).toBeLessThan(5 * Math.sqrt(0.2325 / 100_000));
  });

  it("gamma refuses a shape that is not above 0", () => {
    expect(() => Rng.fromSeed(0).gamma(0)).toThrow(/above 0. Received: 0/);
    expect(() => Rng.fromSeed(0).gamma(Number.NaN)).toThrow(RangeError);
  });

  it.each([0.2, 3, 9.9, 10, 47, 500])("poisson of mean %f: mean and variance are the mean", (mean) => {
    const rng = Rng.fromSeed(13);
    const values = Array.from({ length: 100_000 }, () => rng.poisson(mean));
    expect(values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    const { mean: found, variance } = moments(values);
    expect(Math.abs(found - mean)).toBeLessThan(5 * Math.sqrt(mean / 100_000));
    // Its fourth central moment is mean + 3·mean².
    expect(Math.abs(variance - mean)).toBeLessThan(5 * Math.sqrt((mean + 2 * mean ** 2) / 100_000));
  });

  it("poisson: as often as its formula says, on both sides of 10", () => {
    for (const mean of [4, 12]) {
      const rng = Rng.fromSeed(14);
      const counts = new Float64Array(60);
      for (let i = 0; i < 100_000; i++) counts[rng.poisson(mean)]! += 1;
      let expected = Math.exp(-mean);
      for (let k = 0; k < 25; k++) {
        expect(Math.abs(counts[k]! / 100_000 - expected)).toBeLessThan(
          5 * Math.sqrt(expected / 100_000) + 1e-5,
        );
        expected *= mean / (k + 1);
      }
    }
  });

  it("poisson of 0 is 0, and refuses what is no mean", () => {
    expect(Rng.fromSeed(0).poisson(0)).toBe(0);
    expect(() => Rng.fromSeed(0).poisson(-1)).toThrow(/from 0 up. Received: -1/);
    expect(() => Rng.fromSeed(0).poisson(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });

  it("bernoulli: never at 0, always at 1, a third of the time at 1/3", () => {
    const rng = Rng.fromSeed(8);
    let hits = 0;
    for (let i = 0; i < 30_000; i++) {
      expect(rng.bernoulli(0)).toBe(false);
      expect(rng.bernoulli(1)).toBe(true);
      if (rng.bernoulli(1 / 3)) hits++;
    }
    expect(Math.abs(hits - 10_000)).toBeLessThan(5 * Math.sqrt(30_000 * (2 / 9)));
  });

  it("int: every value of a die alike", () => {
    const rng = Rng.fromSeed(9);
    const counts = new Float64Array(6);
    for (let i = 0; i < 60_000; i++) counts[rng.int(6)]! += 1;
    for (const count of counts)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(60_000 * (5 / 36)));
  });

  it("int: draws again above the last whole multiple", () => {
    // 3·2³⁰ leaves a quarter of all words over; without rejection [0, 2³⁰) would come twice as often.
    const rng = Rng.fromSeed(10);
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (rng.int(3 * 2 ** 30) < 2 ** 30) low++;
    expect(Math.abs(low - 10_000)).toBeLessThan(5 * Math.sqrt(30_000 * (2 / 9)));
  });

  it.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])("int refuses %d", (bound) => {
    expect(() => Rng.fromSeed(0).int(bound)).toThrow(RangeError);
  });
});

describe("shuffle and permutation", () => {
  it("hold every element once", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(200), (seed, n) => {
        const identity = Array.from({ length: n }, (_, i) => i);
        expect([...Rng.fromSeed(seed).permutation(n)].sort((a, b) => a - b)).toEqual(identity);
        expect(
          Rng.fromSeed(seed)
            .shuffle([...identity])
            .sort((a, b) => a - b),
        ).toEqual(identity);
      }),
    );
  });

  it("give each of the 6 orders of 3 things alike", () => {
    const rng = Rng.fromSeed(11);
    const shuffled = new Map<string, number>();
    const permuted = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = rng.shuffle(["a", "b", "c"]).join("");
      shuffled.set(order, (shuffled.get(order) ?? 0) + 1);
      const numbers = rng.permutation(3).join("");
      permuted.set(numbers, (permuted.get(numbers) ?? 0) + 1);
    }
    for (const counts of [shuffled, permuted]) {
      expect(counts.size).toBe(6);
      for (const count of counts.values())
        expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(6000 * (5 / 36)));
    }
  });
});

describe("JSON", () => {
  it("goes on where it stood, and splits as before", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(30), (seed, draws) => {
        const rng = Rng.fromSeed(seed);
        draw(rng, draws);
        const restored = Rng.fromJSON(JSON.parse(JSON.stringify(rng)) as RngState);
        expect(restored.split("x").toJSON()).toEqual(rng.split("x").toJSON());
        expect(draw(restored, 5)).toEqual(draw(rng, 5));
      }),
    );
  });

  it("is a copy: drawing from the restored one leaves the state alone", () => {
    const state = Rng.fromSeed(12).toJSON();
    const before = structuredClone(state);
    draw(Rng.fromJSON(state), 3);
    expect(state).toEqual(before);
  });

  it.each([
    ["null", null],
    ["another algorithm", { algorithm: "mt19937", key: [0, 0, 0, 0], state: [1, 2, 3, 4] }],
    ["a short state", { algorithm: "xoshiro128**", key: [0, 0, 0, 0], state: [1, 2, 3] }],
    ["a word that is none", { algorithm: "xoshiro128**", key: [0, 0, 0, 0], state: [1, 2, 3, 2 ** 32] }],
    ["the state xoshiro never leaves", { algorithm: "xoshiro128**", key: [1, 2, 3, 4], state: [0, 0, 0, 0] }],
  ])("refuses %s", (_what, value) => {
    expect(() => Rng.fromJSON(value as unknown as RngState)).toThrow(RngStateError);
  });
});

function moments(values: number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}
