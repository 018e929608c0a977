import { expect, it } from "vitest";
import { percentiles } from "./measure-classifier.js";

it("takes percentiles by nearest rank, whatever the order", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(percentiles(hundred)).toEqual({ min: 1, p50: 50, p90: 90, p99: 99, count: 100 });
  expect(percentiles([3, 1, 2])).toEqual({ min: 1, p50: 2, p90: 3, p99: 3, count: 3 });
  expect(percentiles([7])).toEqual({ min: 7, p50: 7, p90: 7, p99: 7, count: 1 });
});
