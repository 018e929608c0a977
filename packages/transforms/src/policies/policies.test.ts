import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { ANY_CONTEXT, HEIGHT, pictureOf, torchvisionsMagnitudes, WIDTH } from "../../test/pictures.js";
import type { Transform } from "../transform.js";
import { augMix, type AugMixOptions } from "./aug-mix.js";
import { autoAugment } from "./auto-augment.js";
import { AUTO_AUGMENT_POLICIES } from "./auto-augment-policies.js";
import type { DrawnOperation } from "./operations.js";
import { randAugment, trivialAugmentWide } from "./rand-augment.js";

const SHAPE = { count: 1, height: HEIGHT, width: WIDTH, channels: 3 };
const WARP = { interpolation: "nearest", fill: [0] } as const;
const AUG_MIX: AugMixOptions = {
  severity: 3,
  mixtureWidth: 3,
  chainDepth: -1,
  alpha: 1,
  allOps: true,
  ...WARP,
};
const DRAWS = 4000;

function draw<Parameters>({ sample }: Transform<Parameters>): NonNullable<Parameters>[] {
  const rng = Rng.fromSeed(0);
  return Array.from(
    { length: DRAWS },
    (_, i) => sample?.(rng.split(i), SHAPE, ANY_CONTEXT) as NonNullable<Parameters>,
  );
}

/** Whether torchvision could have drawn it, at one of these places of its scale. */
function isTorchvisions(
  policy: string,
  { name, magnitude }: DrawnOperation,
  places?: readonly number[],
): boolean {
  const scale = torchvisionsMagnitudes[policy]?.[name];
  if (scale === undefined) return false;
  if (scale === null) return magnitude === 0;
  const allowed = places?.map((place) => scale.magnitudes[place]!) ?? scale.magnitudes;
  const [sign, unit] = [scale.isSigned ? Math.abs(magnitude) : magnitude, name === "Solarize" ? 255 : 1];
  return allowed.some((expected) => Math.abs(sign * unit - expected) < 1e-4);
}

const namesOf = (operations: readonly DrawnOperation[]) => new Set(operations.map(({ name }) => name));

describe("RandAugment", () => {
  it("draws torchvision's operations at the strength asked for, each as likely, with both signs", () => {
    const drawn = draw(randAugment({ numOps: 2, magnitude: 9, numMagnitudeBins: 31, ...WARP }));
    const operations = drawn.flat();
    expect(operations).toHaveLength(2 * DRAWS);
    expect(operations.filter((operation) => !isTorchvisions("RandAugment", operation, [9]))).toEqual([]);
    expect([...namesOf(operations)].sort()).toEqual(
      Object.keys(torchvisionsMagnitudes["RandAugment"]!).sort(),
    );
    const expected = operations.length / 14;
    for (const name of namesOf(operations)) {
      const count = operations.filter((operation) => operation.name === name).length;
      expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
    const turns = operations.filter(({ name }) => name === "Rotate");
    const left = turns.filter(({ magnitude }) => magnitude < 0).length;
    expect(Math.abs(left / turns.length - 0.5)).toBeLessThan(2.5 / Math.sqrt(turns.length));
  });
});

describe("TrivialAugmentWide", () => {
  it("draws one of torchvision's operations, at every strength of its scale", () => {
    const drawn = draw(trivialAugmentWide({ numMagnitudeBins: 31, ...WARP }));
    expect(drawn.filter((operation) => !isTorchvisions("TrivialAugmentWide", operation))).toEqual([]);
    const turns = drawn.filter(({ name }) => name === "Rotate").map(({ magnitude }) => Math.abs(magnitude));
    expect(new Set(turns.map((turn) => turn.toFixed(3))).size).toBe(31);
    expect(Math.max(...turns)).toBe(135);
  });
});

describe("AutoAugment", () => {
  it.each(["cifar10", "imagenet", "svhn"] as const)("draws pairs of the policy for %s", (policy) => {
    const drawn = draw(autoAugment({ policy, ...WARP }));
    const pairs = AUTO_AUGMENT_POLICIES[policy];
    expect(pairs).toHaveLength(25);
    expect(drawn.flat().filter((operation) => !isTorchvisions("AutoAugment", operation))).toEqual([]);
    const fits = (operations: readonly DrawnOperation[]) =>
      pairs.some((pair) => {
        const names = pair.map(([name]) => name);
        return operations.length <= 2 && operations.every(({ name }) => names.includes(name));
      });
    expect(drawn.filter((operations) => !fits(operations))).toEqual([]);
    const expected = pairs.flat().reduce((sum, [, probability]) => sum + probability, 0) / pairs.length;
    expect(Math.abs(drawn.flat().length / DRAWS - expected)).toBeLessThan(5 / Math.sqrt(DRAWS));
  });
});

describe("AugMix", () => {
  it("draws chains of weak operations, and weights that sum to 1", () => {
    const drawn = draw(augMix(AUG_MIX));
    const chains = drawn.flatMap((parameters) => parameters.chains);
    const operations = chains.flatMap((chain) => chain.operations);
    expect(operations.filter((operation) => !isTorchvisions("AugMix", operation, [0, 1, 2]))).toEqual([]);
    expect(new Set(chains.map((chain) => chain.operations.length))).toEqual(new Set([1, 2, 3]));
    for (const { weight, chains: three } of drawn) {
      expect(three).toHaveLength(3);
      expect(three.reduce((sum, chain) => sum + chain.weight, weight)).toBeCloseTo(1, 10);
    }
    // With alpha 1 the picture's own share is uniform.
    const mean = drawn.reduce((sum, { weight }) => sum + weight, 0) / DRAWS;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / DRAWS));
  });

  it("leaves out what overlaps with ImageNet-C if asked", () => {
    const operations = draw(augMix({ ...AUG_MIX, allOps: false })).flatMap(({ chains }) =>
      chains.flatMap((chain) => chain.operations),
    );
    for (const name of ["Brightness", "Color", "Contrast", "Sharpness"] as const)
      expect(namesOf(operations)).not.toContain(name);
  });

  it("mixes to hand-computed values", () => {
    const { apply } = augMix({ ...AUG_MIX, fill: [0] });
    const invert: DrawnOperation = { name: "Invert", magnitude: 0 };
    const mixed = apply(Uint8Array.of(100, 200), { count: 1, height: 1, width: 2, channels: 1 }, [
      {
        weight: 0.5,
        chains: [
          { weight: 0.25, operations: [invert] },
          { weight: 0.25, operations: [invert, invert] },
        ],
      },
    ]);
    // 0.75 · 100 + 0.25 · 155 and 0.75 · 200 + 0.25 · 55, fractions cut off.
    expect([...mixed]).toEqual([113, 163]);
  });
});

it("no policy touches the picture beside it", () => {
  const { pixels } = pictureOf("noise");
  const two = new Uint8Array(2 * pixels.length);
  two.set(pixels);
  two.set(pixels, pixels.length);
  const transform = randAugment({ numOps: 3, magnitude: 20, numMagnitudeBins: 31, ...WARP });
  const drawn = draw(transform);
  for (const operations of drawn.slice(0, 100)) {
    const changed = transform.apply(two.slice(), { ...SHAPE, count: 2 }, [operations, null]);
    expect([...changed.subarray(pixels.length)]).toEqual([...pixels]);
  }
});
