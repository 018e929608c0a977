import { expect, it } from "vitest";
import { least } from "../test/least-config.js";
import { changedFixedFields } from "./fork-fields.js";
import { RunConfig, type RunConfigInput } from "./run-config.js";

const source = RunConfig.parse(least);
const changed = (more: Partial<RunConfigInput>, from: object = source) =>
  changedFixedFields(from, RunConfig.parse({ ...least, ...more })).map(({ path }) => path);

it("lets a fork change how it is trained on", () => {
  expect(
    changed({
      learningRate: 1e-4,
      schedule: { name: "cosine" },
      epochs: 99,
      loss: { name: "focal" },
      optimizer: { name: "sgd", momentum: 0.5, weightDecay: 0.1 },
      callbacks: [{ module: "./watch.mjs" }],
      transforms: "strong",
      engine: "native",
      tags: ["forked"],
      forkedFrom: { runId: "a", step: 3 },
    }),
  ).toEqual([]);
});

it.each<[string, Partial<RunConfigInput>]>([
  ["data", { data: { source: "cifar10", limit: { train: 100 } } }],
  ["sampling", { sampling: { name: "class-balanced" } }],
  ["batchSize", { batchSize: 64 }],
  ["accumulate", { accumulate: 2 }],
  ["model", { model: { name: "resnet32" } }],
  ["freeze", { freeze: { stages: "features" } }],
  ["optimizer.name", { optimizer: { name: "adamw" } }],
  ["seed", { seed: 7 }],
  ["ema", { ema: {} }],
  ["lookahead", { lookahead: {} }],
])("names %s, without which the state would mean something else", (path, more) => {
  expect(changed(more)).toEqual([path]);
});

it("takes an average's other settings, and leaves it out, but does not begin one", () => {
  const averaged = RunConfig.parse({ ...least, ema: { decay: 0.9 } });
  expect(changed({ ema: { decay: 0.99 } }, averaged)).toEqual([]);
  expect(changed({}, averaged)).toEqual([]);
  expect(changed({ ema: {} })).toEqual(["ema"]);
});

it("compares what is meant, not how it is written", () => {
  expect(changed({ accumulate: 1 })).toEqual([]);
  expect(changed({ data: { root: "/elsewhere", contentHash: "0".repeat(64), source: "cifar10" } })).toEqual(
    [],
  );
  const module = (sha256?: string) => ({ model: { module: "/net.mjs", ...(sha256 && { sha256 }) } });
  const first = RunConfig.parse({ ...least, ...module("a".repeat(64)) });
  expect(changed(module("b".repeat(64)), first)).toEqual([]);
  expect(changed({ model: { module: "/other.mjs" } }, first)).toEqual(["model"]);
});
