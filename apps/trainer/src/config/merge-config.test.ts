import { expect, it } from "vitest";
import { mergeConfig } from "./merge-config.js";

it("merges objects and replaces everything else", () => {
  const below = { epochs: 3, data: { source: "a", limit: { train: 5 } }, betas: [1, 2] };
  expect(mergeConfig(below, { data: { limit: { test: 1 } }, betas: [3] })).toEqual({
    epochs: 3,
    data: { source: "a", limit: { train: 5, test: 1 } },
    betas: [3],
  });
});

it("leaves what is undefined above, and takes null", () => {
  expect(mergeConfig({ a: 1, b: { c: 2 } }, { a: undefined, b: null })).toEqual({ a: 1, b: null });
});

it("replaces a variant by another one whole, and merges into the same one", () => {
  const sgd = { optimizer: { name: "sgd", momentum: 0.9 } };
  expect(mergeConfig(sgd, { optimizer: { name: "adamw" } })).toEqual({ optimizer: { name: "adamw" } });
  expect(mergeConfig(sgd, { optimizer: { name: "sgd", nesterov: false } })).toEqual({
    optimizer: { name: "sgd", momentum: 0.9, nesterov: false },
  });
  expect(mergeConfig({ model: { name: "resnet9" } }, { model: { layers: [] } })).toEqual({
    model: { layers: [] },
  });
  expect(mergeConfig({ model: { layers: [] } }, { model: { name: "resnet9" } })).toEqual({
    model: { name: "resnet9" },
  });
});

it("does not take a run's name for a variant's", () => {
  expect(mergeConfig({ name: "a", epochs: 3 }, { name: "b" })).toEqual({ name: "b", epochs: 3 });
});

it("sets items of a list by index", () => {
  const below = { layers: [{ units: 1 }, { units: 2 }] };
  expect(mergeConfig(below, { layers: { "1": { units: 5 } } })).toEqual({
    layers: [{ units: 1 }, { units: 5 }],
  });
});

it("changes neither of its inputs", () => {
  const below = { data: { limit: { train: 5 } }, list: [{ a: 1 }] };
  const copy = structuredClone(below);
  mergeConfig(below, { data: { limit: { train: 6 } }, list: { "0": { a: 2 } } });
  expect(below).toEqual(copy);
});
