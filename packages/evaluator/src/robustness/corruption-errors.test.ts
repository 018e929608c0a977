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
