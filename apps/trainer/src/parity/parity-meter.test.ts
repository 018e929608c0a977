import { expect, it } from "vitest";
import { isAlike, ParityMeter } from "./parity-meter.js";

const f32 = (...values: number[]) => Float32Array.from(values);

it("adds up the largest differences, and how often the class is the same", () => {
  const meter = new ParityMeter({ classNames: ["cat", "dog"], output: "logits" });
  expect(meter.result()).toBeUndefined();
  expect(meter.add(f32(1, 2), f32(1.5, 2))).toEqual({
    largestLogitDifference: 0.5,
    node: "dog",
    browser: "dog",
  });
  expect(meter.add(f32(0, 1), f32(1, 0.75))).toEqual({
    largestLogitDifference: 1,
    node: "dog",
    browser: "cat",
  });
  expect(meter.result()).toEqual({
    count: 2,
    largestLogitDifference: 1,
    meanLogitDifference: 0.75,
    agreement: 0.5,
  });
});

it("counts labels one by one where pictures have any number of them", () => {
  const meter = new ParityMeter({ classNames: ["a", "b", "c", "d"], output: "binary-logits" });
  expect(meter.add(f32(1, -1, 1, -1), f32(1, -1, 1, 0.25))).toMatchObject({
    node: "a, c",
    browser: "a, c, d",
  });
  expect(meter.add(f32(-1, -1, -1, -1), f32(-1, -1, -1, -1))).toMatchObject({ node: "no label" });
  expect(meter.result()).toMatchObject({ count: 2, agreement: 7 / 8 });
});

it("takes what is no number for a difference, and never for parity", () => {
  const meter = new ParityMeter({ classNames: ["cat", "dog"], output: "logits" });
  meter.add(f32(1, 2), f32(Number.NaN, Number.NaN));
  meter.add(f32(1, 2), f32(1, 2));
  const parity = meter.result()!;
  expect(parity.largestLogitDifference).toBeNaN();
  expect(isAlike(parity, { files: undefined, undecodableCount: 0 })).toBe(false);
});

it.each([
  [0.001, 1, undefined, true],
  [0.0011, 1, undefined, false],
  [0, 0.999, undefined, false],
  [0, 1, 0.99, true],
  [0, 1, 0.98, false],
])(
  "calls logits within %s, %s of classes and %s of files' classes alike: %s",
  (largest, agreement, files, is) => {
    const parity = { count: 1, meanLogitDifference: 0 };
    expect(
      isAlike(
        { ...parity, largestLogitDifference: largest, agreement },
        {
          files: files === undefined ? undefined : { ...parity, largestLogitDifference: 9, agreement: files },
          undecodableCount: 0,
        },
      ),
    ).toBe(is);
  },
);

it.each([
  [99, 1, true],
  [98, 1, false],
  [10, 240, false],
  [0, 1, false],
  [0, 0, true],
])(
  "takes %s files for enough beside %s that the browser cannot decode: %s",
  (count, undecodableCount, is) => {
    const parity = { count: 1, largestLogitDifference: 0, meanLogitDifference: 0, agreement: 1 };
    const compared = { files: count === 0 ? undefined : { ...parity, count }, undecodableCount };
    expect(isAlike(parity, compared)).toBe(is);
  },
);
