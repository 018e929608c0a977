import { expect, it } from "vitest";
import { wilsonInterval } from "./wilson-interval.js";

it("is Wilson's", () => {
  // z² = 3.841459; (0.5 + 0.1920729) ± 1.959964 √(0.025 + 0.0096036) over 1.3841459.
  const [low, high] = wilsonInterval(5, 10);
  expect(low).toBeCloseTo(0.236593, 5);
  expect(high).toBeCloseTo(0.763407, 5);
});

it("stays within 0 and 1, and holds its fraction", () => {
  expect(wilsonInterval(0, 10)).toEqual([expect.closeTo(0, 12), expect.closeTo(0.277533, 5)]);
  expect(wilsonInterval(10, 10)).toEqual([expect.closeTo(0.722467, 5), expect.closeTo(1, 12)]);
  expect(wilsonInterval(0, 0)).toEqual([0, 1]);
});
