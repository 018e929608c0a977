import { expect, it } from "vitest";
import { differenceFormat, metricNameOf, metricOptions } from "./verdict-figures";

it("says a difference with its sign, and one that is not known as a dash", () => {
  const [points, nats] = [differenceFormat({ isFraction: true }), differenceFormat({ isFraction: false })];
  expect([0.0312, -0.0312, 0.00001, NaN].map(points)).toEqual(["+3.12", "−3.12", "0", "–"]);
  expect([0.0312, -1.5, -0.00001, NaN].map(nats)).toEqual(["+0.0312", "−1.5000", "0", "–"]);
});

it("takes from an address what is a metric", () => {
  expect(["macro_f1", "mean_average_precision", "toString", "", null].map(metricNameOf)).toEqual([
    "macro_f1",
    "mean_average_precision",
    undefined,
    undefined,
    undefined,
  ]);
});

it("offers every metric until a comparison tells which there are", () => {
  expect(metricOptions(undefined).map(({ label }) => label)).toEqual([
    "Accuracy",
    "Balanced accuracy",
    "Macro F1",
    "Mean average precision",
    "Loss",
  ]);
});
