import { expect, it } from "vitest";
import { corruptionErrors } from "./corruption-errors.js";

const results = {
  accuracy: 0.9,
  byName: [
    { name: "fog", accuracies: [0.8, 0.6] },
    { name: "snow", accuracies: [0.9, 0.5] },
  ],
};

it("are means over severities, then over corruptions, without a baseline", () => {
  const { byName, meanCorruptionError, relativeMeanCorruptionError } = corruptionErrors(results);
  // (0.2 + 0.4) / 2, (0.1 + 0.5) / 2.
  expect(byName.map(({ error }) => error)).toEqual([expect.closeTo(0.3, 12), expect.closeTo(0.3, 12)]);
  expect(meanCorruptionError).toBeCloseTo(0.3, 12);
  // (0.1 + 0.3) / 2 and (0 + 0.4) / 2.
  expect(relativeMeanCorruptionError).toBeCloseTo(0.2, 12);
});

it("are parts of the baseline's, corruption by corruption, in any order", () => {
  const baseline = {
    accuracy: 0.6,
    byName: [
      { name: "snow", accuracies: [0.4, 0.2] },
      { name: "fog", accuracies: [0.5, 0.3] },
    ],
  };
  const errors = corruptionErrors(results, baseline);
  // 0.6 / 1.2 of fog, 0.6 / 1.4 of snow.
  expect(errors.byName[0]!.error).toBeCloseTo(0.5, 12);
  expect(errors.byName[1]!.error).toBeCloseTo(3 / 7, 12);
  expect(errors.meanCorruptionError).toBeCloseTo((0.5 + 3 / 7) / 2, 12);
  // 0.4 / (0.1 + 0.3), 0.4 / (0.2 + 0.4).
  expect(errors.byName.map(({ relativeError }) => relativeError)).toEqual([
    expect.closeTo(1, 12),
    expect.closeTo(2 / 3, 12),
  ]);
  expect(corruptionErrors(baseline, baseline).meanCorruptionError).toBeCloseTo(1, 12);
});

it("needs every corruption of the baseline", () => {
  const baseline = { accuracy: 0.6, byName: [{ name: "fog", accuracies: [0.5, 0.3] }] };
  expect(() => corruptionErrors(results, baseline)).toThrow(
    "Expected a baseline with 2 severities of snow. Received: none.",
  );
});

it("leave a corruption out under which the baseline makes no errors, and are NaN where that is all", () => {
  const perfect = [1, 1];
  const baseline = {
    accuracy: 0.9,
    byName: [
      { name: "fog", accuracies: perfect },
      { name: "snow", accuracies: [0.8, 0.8] },
    ],
  };
  const { byName, meanCorruptionError, relativeMeanCorruptionError } = corruptionErrors(results, baseline);
  // Snow alone: 0.6 / 0.4, and 0.4 / 0.2.
  expect(byName[0]).toEqual({ name: "fog", error: NaN, relativeError: NaN });
  expect(meanCorruptionError).toBeCloseTo(1.5, 12);
  expect(relativeMeanCorruptionError).toBeCloseTo(2, 12);
  const faultless = {
    accuracy: 1,
    byName: baseline.byName.map(({ name }) => ({ name, accuracies: perfect })),
  };
  expect(corruptionErrors(results, faultless)).toMatchObject({
    meanCorruptionError: NaN,
    relativeMeanCorruptionError: NaN,
  });
});

it("have no relative error where the baseline errs as on the pictures as they are, or less", () => {
  // 0.9 − 0.8 and 0.9 − 1: nothing but rounding is left of the sum.
  const alike = { accuracy: 0.9, byName: [{ name: "fog", accuracies: [0.8, 1] }] };
  const fog = { accuracy: 0.9, byName: [results.byName[0]!] };
  const [told] = corruptionErrors(fog, alike).byName;
  expect(told!.error).toBeCloseTo(3, 12);
  expect(told!.relativeError).toBeNaN();
  const better = { accuracy: 0.5, byName: [{ name: "fog", accuracies: [0.8, 0.8] }] };
  expect(corruptionErrors(fog, better).relativeMeanCorruptionError).toBeNaN();
});
