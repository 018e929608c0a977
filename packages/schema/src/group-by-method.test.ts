import { expect, it } from "vitest";
import { groupByMethod, groupsToCompare } from "./group-by-method.js";
import { RunConfig } from "./run-config.js";

const run = (id: string, fields: Record<string, unknown> = {}) => ({
  id,
  config: RunConfig.parse({ data: { source: "cifar10" }, model: { name: "resnet9" }, ...fields }),
});

const named = (...runs: ReturnType<typeof run>[]) =>
  groupByMethod(runs).map(({ name, runs: ofGroup }) => [name, ofGroup.map(({ id }) => id)]);

it("groups what differs in seed, names and engine alone, in the order of the first runs", () => {
  const groups = named(
    run("a0", { name: "base", seed: 0 }),
    run("b0", { name: "wide", learningRate: 0.1 }),
    run("a1", { name: "base", seed: 1, engine: "native", tags: ["kept"], experiment: "other" }),
    run("b1", {
      name: "wide",
      learningRate: 0.1,
      seed: 1,
      checkpoint: { monitor: "val_accuracy", everySteps: 5 },
    }),
  );
  expect(groups).toEqual([
    ["base", ["a0", "a1"]],
    ["wide", ["b0", "b1"]],
  ]);
});

it("keeps apart what learns otherwise, however little", () => {
  for (const fields of [
    { precision: "bf16" },
    { epochs: 11 },
    { optimizer: { name: "sgd", momentum: 0.95 } },
    { data: { source: "cifar10", limit: { train: 100 } } },
    { checkpoint: { monitor: "val_loss" } },
    { transforms: { train: [], evaluation: [] } },
  ]) {
    expect(groupByMethod([run("a"), run("b", fields)])).toHaveLength(2);
  }
});

it("knows data by their hash, wherever they lie", () => {
  const at = (source: string, contentHash?: string) => ({ data: { source, root: source, contentHash } });
  expect(groupByMethod([run("a", at("./x", "1")), run("b", at("./y", "1"))])).toHaveLength(1);
  expect(groupByMethod([run("a", at("./x", "1")), run("b", at("./x", "2"))])).toHaveLength(2);
  expect(groupByMethod([run("a", at("./x")), run("b", at("./y"))])).toHaveLength(2);
});

it("leaves the number of the seed out of a common name, and no other number", () => {
  expect(named(run("a", { name: "resnet18-s0" }), run("b", { name: "resnet18-s1", seed: 1 }))[0]![0]).toBe(
    "resnet18",
  );
  expect(named(run("a", { name: "wide, seed 10" }), run("b", { name: "wide, seed 2", seed: 1 }))[0]![0]).toBe(
    "wide",
  );
  expect(named(run("a", { name: "resnet18" }), run("b", { name: "resnet18", seed: 1 }))[0]![0]).toBe(
    "resnet18",
  );
  expect(named(run("a", { name: "resnet18" }))[0]![0]).toBe("resnet18");
});

it("calls groups without a name by what tells them apart", () => {
  const nameless = [
    run("a"),
    run("b", { learningRate: 0.1, model: "resnet18" }),
    run("c", { learningRate: 0.2, seed: 1 }),
  ];
  expect(named(...nameless).map(([name]) => name)).toEqual([
    "model.name=resnet9, learningRate=0.05",
    "model.name=resnet18, learningRate=0.1",
    "model.name=resnet9, learningRate=0.2",
  ]);
  const same = [run("a", { name: "x" }), run("b", { name: "x", epochs: 3 })];
  expect(named(...same).map(([name]) => name)).toEqual(["x (epochs=10)", "x (epochs=3)"]);
  expect(named(run("only"))).toEqual([["only", ["only"]]]);
});

it("calls groups by their first run where only their data's hash tells them apart", () => {
  const of = (id: string, contentHash: string) => run(id, { name: "x", data: { source: "p", contentHash } });
  expect(named(of("a", "1"), of("b", "2")).map(([name]) => name)).toEqual(["x (a)", "x (b)"]);
});

it("compares the runs of a single method one by one, under names that tell them apart", () => {
  const compared = (...runs: ReturnType<typeof run>[]) => {
    const { groups, isOneMethod } = groupsToCompare(runs);
    return [isOneMethod, groups.map(({ name, runs: ofGroup }) => [name, ofGroup.map(({ id }) => id)])];
  };
  expect(
    compared(run("a", { name: "first" }), run("b", { name: "second", seed: 1 }), run("c", { seed: 2 })),
  ).toEqual([
    true,
    [
      ["first", ["a"]],
      ["second", ["b"]],
      ["c", ["c"]],
    ],
  ]);
  const alike = [run("a", { name: "x" }), run("b", { name: "x", seed: 1 }), run("c", { name: "a", seed: 2 })];
  expect(compared(...alike)).toEqual([
    true,
    [
      ["a", ["a"]],
      ["b", ["b"]],
      ["c", ["c"]],
    ],
  ]);
  const methods = [run("a", { name: "x" }), run("b", { name: "y", epochs: 3 })];
  expect(compared(...methods)).toEqual([
    false,
    [
      ["x", ["a"]],
      ["y", ["b"]],
    ],
  ]);
});
