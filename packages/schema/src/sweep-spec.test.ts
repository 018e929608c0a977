import { describe, expect, it } from "vitest";
import { countRungs, isMaximized, SweepSpec } from "./sweep-spec.js";

const rate = { learningRate: { min: 0.01, max: 1, scale: "log" } };
const halving = { name: "successive-halving", trials: 9, maxEpochs: 9 };

function mistakesOf(spec: object): string[] {
  const { error } = SweepSpec.safeParse({ method: { name: "random", trials: 5 }, parameters: rate, ...spec });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join("/")}: ${message}`);
}

it("fills in what is left out", () => {
  expect(SweepSpec.parse({ method: halving, parameters: rate })).toEqual({
    formatVersion: 1,
    base: {},
    method: { ...halving, eta: 3, minEpochs: 1, seed: 0 },
    metric: { name: "val_accuracy", mode: "auto" },
    parameters: { learningRate: { min: 0.01, max: 1, scale: "log", integer: false } },
  });
  expect(SweepSpec.parse({ method: "grid", parameters: { seed: { values: [1, 2] } } }).method).toEqual({
    name: "grid",
  });
});

it("knows whether more is better", () => {
  expect(isMaximized({ name: "val_accuracy", mode: "auto" })).toBe(true);
  expect(isMaximized({ name: "val_loss", mode: "auto" })).toBe(false);
  expect(isMaximized({ name: "val_loss", mode: "max" })).toBe(true);
  expect(isMaximized({ name: "val_mean_average_precision", mode: "auto" })).toBe(true);
  expect(isMaximized({ name: "val_macro_f1", mode: "auto" })).toBe(true);
});

it("counts rungs from the fewest epochs to the most", () => {
  const rungs = (minEpochs: number, maxEpochs: number, eta = 3) => countRungs({ minEpochs, maxEpochs, eta });
  expect([rungs(1, 2), rungs(1, 3), rungs(1, 26), rungs(1, 27), rungs(2, 16, 2)]).toEqual([1, 2, 3, 4, 4]);
});

describe("refuses", () => {
  it("to choose by pictures that judge or train", () => {
    for (const metric of ["test_accuracy", "accuracy", "loss", "raw_val_accuracy"])
      expect(mistakesOf({ metric })).toEqual([
        expect.stringMatching(/^metric\/name: expected val_accuracy or/),
      ]);
  });

  it("ranges that hold nothing", () => {
    const of = (range: object) => mistakesOf({ parameters: { learningRate: range } })[0];
    expect(of({ min: 1, max: 1 })).toContain("Expected more than min");
    expect(of({ min: 0, max: 1, scale: "log" })).toContain("Expected more than 0 for a log scale");
    expect(of({ min: 0.5, max: 3, integer: true })).toContain("Expected whole ends");
    expect(of({ values: [] })).toBeDefined();
    expect(of({ values: [1, 2, 1] })).toContain("Expected each value once");
    expect(mistakesOf({ parameters: {} })).toEqual(["parameters: Expected a parameter at least"]);
  });

  it("what a method cannot do", () => {
    expect(mistakesOf({ method: "grid" })).toEqual([
      "parameters/learningRate: Expected values: a grid takes no range",
    ]);
    const many = Object.fromEntries(
      ["a", "b", "c", "d", "e"].map((key) => [key, { values: [1, 2, 3, 4, 5, 6, 7] }]),
    );
    expect(mistakesOf({ method: "grid", parameters: many })).toEqual([
      "parameters: Expected at most 10000 combinations, not 16807",
    ]);
    expect(mistakesOf({ method: halving, parameters: { epochs: { values: [1, 2] } } })).toEqual([
      expect.stringMatching(/^parameters\/epochs: /),
    ]);
    // Three rungs of 1, 3 and 9 epochs: of eight trials none would be left for the last.
    expect(mistakesOf({ method: { ...halving, trials: 8 } })).toEqual([
      expect.stringMatching(/^method\/trials: /),
    ]);
    expect(mistakesOf({ method: { ...halving, minEpochs: 10 } })).toEqual([
      expect.stringMatching(/^method\/maxEpochs: Expected at least minEpochs/),
    ]);
  });

  it("to try what only labels a run, or is no path", () => {
    for (const path of ["name", "tags.0", "sweep.trial", "experiment"])
      expect(mistakesOf({ parameters: { [path]: { values: [1, 2] } } })).toHaveLength(1);
    for (const path of ["", "a..b", "a=b", ".a"])
      expect(mistakesOf({ parameters: { [path]: { values: [1, 2] } } })).toHaveLength(1);
  });
});
