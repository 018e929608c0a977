import { expect, it } from "vitest";
import { CONVOLUTIONS, flopsOf, nameOfConvolution, shareOfProductsDone } from "./convolutions.js";

function named(name: string) {
  const convolution = CONVOLUTIONS.find((one) => nameOfConvolution(one) === name);
  if (convolution === undefined) throw new Error(`Expected ${name} among the convolutions. Received: none.`);
  return convolution;
}

it("counts two operations for each product of the direct sum", () => {
  // 128 pictures · 8² pixels · 128 filters · 3·3·64 · 2
  expect(flopsOf(named("3×3 s2 64→128 @16²"))).toBe(1_207_959_552);
});

it("counts the products that Winograd takes, edge tiles whole", () => {
  // 16² pixels are 8² tiles of 4: 16 products each instead of 36.
  expect(shareOfProductsDone(named("3×3 s1 64→64 @16²"))).toBeCloseTo(16 / 36, 12);
  // 15² pixels take 8² tiles too.
  expect(shareOfProductsDone(named("3×3 s1 64→256 @15²"))).toBeCloseTo((64 * 16) / (225 * 9), 12);
});

it.each(["1×1 s1 64→256 @16²", "3×3 s2 64→128 @16²", "3×3 s1 3→32 @32²"])(
  "takes all of them at %s",
  (name) => {
    expect(shareOfProductsDone(named(name))).toBe(1);
  },
);
