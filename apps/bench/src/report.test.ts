import { describe, expect, it } from "vitest";
import { formatMarkdown, formatSpread, formatText, notMeasured, verdict } from "./report.js";
import { ratioSpread, spreadOf } from "./statistics.js";

describe("formatSpread", () => {
  it("gives median and quartiles", () => {
    expect(formatSpread(spreadOf([1, 2, 3, 4, 5]), 1)).toBe("3.0 [2.0–4.0]");
  });

  it("gives a single measurement no spread", () => {
    expect(formatSpread(spreadOf([0.1834]), 2)).toBe("0.18");
    expect(formatSpread(ratioSpread([500, 400], [0.2]), 2)).toBe("2500.00");
  });

  it("gives what is measured against itself no spread", () => {
    expect(formatSpread(ratioSpread([3, 7, 5], [3, 7, 5]), 2)).toBe("1.00");
  });

  it("does not hide a spread that rounds away", () => {
    expect(formatSpread(spreadOf([1, 1.001, 1.002]), 1)).toBe("1.0 [1.0–1.0]");
  });
});

it("never takes what was not measured for passed", () => {
  expect(verdict(null, 0)).toBe("not measured");
  expect(verdict(0.75, 0.75)).toBe("reached");
  expect(verdict(0.7499, 0.75)).toBe("not reached");
  expect(verdict(Number.NaN, 0.75)).toBe("not reached");
});

it("prints a benchmark that failed as a whole without a table", () => {
  const result = notMeasured("loader", "out of memory");
  expect(formatText(result)).toBe("loader\nnot measured: out of memory");
  expect(formatMarkdown(result)).toBe("## loader\n\nnot measured: out of memory");
});
