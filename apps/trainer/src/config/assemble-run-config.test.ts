import { relative, resolve } from "node:path";
import { RunConfig } from "@convkit/schema";
import { RECIPES } from "@convkit/schema/recipes";
import { describe, expect, it } from "vitest";
import { assembleRunConfig } from "./assemble-run-config.js";
import { ConfigError } from "./config-error.js";
import { recipeFor } from "./recipes.js";

describe("assembleRunConfig", () => {
  it("fills a bare data set's name with its recipe", () => {
    const config = assembleRunConfig({ data: "cifar10" });
    expect(config).toMatchObject({ data: { source: "cifar10" }, ...recipeFor("cifar10") });
    expect(RunConfig.parse(config)).toEqual(config);
  });

  it("lays the file over the recipe, flags over the file, --set over flags", () => {
    const config = assembleRunConfig({
      data: "mnist",
      file: { epochs: 2, batchSize: 16, seed: 5 },
      flags: { epochs: 3, batchSize: 32 },
      assignments: [{ epochs: 4 }, { data: { limit: { train: 10 } } }],
    });
    expect(config).toMatchObject({ epochs: 4, batchSize: 32, seed: 5, data: { limit: { train: 10 } } });
  });

  it("replays a stored config as it is", () => {
    const stored = assembleRunConfig({
      data: "cifar10",
      flags: { model: "resnet20", lr: 0.3, name: "first" },
    });
    expect(assembleRunConfig({ file: stored })).toEqual(stored);
  });

  it("takes the experiment and tags of a file, and those of flags in their place", () => {
    const stored = assembleRunConfig({ data: "mnist", flags: { experiment: "rates", tag: ["a", "b"] } });
    expect(stored).toMatchObject({ experiment: "rates", tags: ["a", "b"] });
    expect(assembleRunConfig({ file: stored, flags: { tag: [] } })).toEqual(stored);
    expect(assembleRunConfig({ file: stored, flags: { experiment: "seeds", tag: ["c"] } })).toEqual({
      ...stored,
      experiment: "seeds",
      tags: ["c"],
    });
    expect(assembleRunConfig({ data: "mnist" })).toMatchObject({ experiment: "default", tags: [] });
    expect(() => assembleRunConfig({ data: "mnist", flags: { experiment: "" } })).toThrow("experiment");
  });

  it("forgets another data set's place and content", () => {
    const file = { data: { source: "mnist", root: "/idx", contentHash: "abc", validationFraction: 0.2 } };
    const { data } = assembleRunConfig({ data: "cifar10", file });
    expect(data).toMatchObject({ source: "cifar10", validationFraction: 0.2 });
    expect(data).not.toHaveProperty("root");
    expect(data).not.toHaveProperty("contentHash");
    expect(assembleRunConfig({ data: "mnist", file }).data).toMatchObject({
      root: "/idx",
      contentHash: "abc",
    });
  });

  it("forgets another data set's list of splits, and the hash of another list", () => {
    const file = { data: { source: "mnist", splits: "/a.csv", annotationsHash: "abc" } };
    const { data } = assembleRunConfig({ data: "cifar10", file });
    expect([data.splits, data.annotationsHash]).toEqual([undefined, undefined]);
    expect(assembleRunConfig({ data: "mnist", file }).data).toMatchObject(file.data);
    const other = assembleRunConfig({ file, assignments: [{ data: { splits: "b.csv" } }] }).data;
    expect([other.source, other.splits, other.annotationsHash]).toEqual(["mnist", "b.csv", undefined]);
    const same = assembleRunConfig({
      file,
      assignments: [{ data: { splits: relative(process.cwd(), "/a.csv") } }],
    });
    expect(same.data.annotationsHash).toBe("abc");
  });

  it("leaves out a stored config's transforms where they fit another data set or size", () => {
    const transforms = { train: [], batch: [], evaluation: [{ name: "Normalize", mean: [0.1], std: [0.3] }] };
    const stored = { data: { source: "mnist", contentHash: "abc" }, transforms };
    expect(assembleRunConfig({ file: stored }).transforms).toEqual(transforms);
    expect(assembleRunConfig({ data: "mnist", file: stored }).transforms).toEqual(transforms);
    expect(assembleRunConfig({ data: "cifar10", file: stored }).transforms).toBeNull();
    const set = (data: object) => assembleRunConfig({ file: stored, assignments: [{ data }] });
    expect(set({ imageSize: [14, 14] }).transforms).toBeNull();
    expect(set({ imageSize: [14, 14] }).data.contentHash).toBe("abc");
    expect(set({ source: "cifar10" })).toMatchObject({ transforms: null, data: { source: "cifar10" } });
    expect(set({ source: "cifar10" }).data.contentHash).toBeUndefined();
    // Written by hand, they are meant.
    const byHand = { data: { source: "mnist" }, transforms };
    expect(assembleRunConfig({ data: "cifar10", file: byHand }).transforms).toEqual(transforms);
  });

  it("leaves out a stored config's weights of classes where they were found from other data", () => {
    const loss = { name: "cross-entropy", labelSmoothing: 0.3, classWeights: [0.5, 1.5] };
    const stored = { data: { source: "mnist", contentHash: "abc" }, loss };
    expect(assembleRunConfig({ file: stored }).loss).toEqual(loss);
    const other = assembleRunConfig({ data: "cifar10", file: stored });
    expect(other.loss).toEqual({ ...loss, classWeights: null });
    const typed = [{ loss: { classWeights: "balanced" } }];
    expect(assembleRunConfig({ data: "cifar10", file: stored, assignments: typed }).loss).toMatchObject({
      labelSmoothing: 0.3,
      classWeights: "balanced",
    });
    expect(assembleRunConfig({ data: "cifar10", file: { ...stored, data: {} } }).loss).toEqual(loss);
  });

  it("knows a stored folder again by another spelling", () => {
    const file = { data: { source: resolve("photos"), contentHash: "abc" } };
    expect(assembleRunConfig({ data: "./photos", file }).data.contentHash).toBe("abc");
  });

  it("takes names for objects, in files and assignments alike", () => {
    const file = {
      model: "resnet9",
      optimizer: "adamw",
      transforms: { train: ["RandomHorizontalFlip"], evaluation: [] },
    };
    const config = assembleRunConfig({
      data: "./photos",
      file,
      assignments: [{ transforms: { train: { "0": { p: 0.3 } } } }, { optimizer: { beta1: 0.8 } }],
    });
    expect(config).toMatchObject({ model: { name: "resnet9" }, optimizer: { name: "adamw", beta1: 0.8 } });
    expect(config.transforms).toEqual({
      train: [{ name: "RandomHorizontalFlip", p: 0.3 }],
      batch: [],
      evaluation: [],
    });
    expect(config.epochs).toBe(recipeFor("./photos", "resnet9")["epochs"]);
    expect(assembleRunConfig({ data: "x", assignments: [{ model: "./net.ts" }] }).model).toEqual({
      module: "./net.ts",
      options: {},
    });
    expect(assembleRunConfig({ data: "x", file: { model: [{ layer: "flatten" }] } }).model).toEqual({
      layers: [{ layer: "flatten" }],
    });
  });

  it("takes a path for a module, and keeps the recipe around it", () => {
    const config = assembleRunConfig({ data: "cifar10", flags: { model: "./net.mjs" } });
    expect(config.model).toEqual({ module: "./net.mjs", options: {} });
    expect(config.optimizer.name).toBe("sgd");
  });

  it("uses a network's own recipe where the data set's is made for another", () => {
    const config = assembleRunConfig({ data: "./photos", flags: { model: "resnet20" } });
    expect(config).toMatchObject({ model: { name: "resnet20" }, ...recipeFor("./photos", "resnet20") });
  });

  it("trains a network of one's own at a rate that is not made for another", () => {
    for (const model of ["./net.mjs", [{ layer: "flatten" }]]) {
      const { learningRate, optimizer } = assembleRunConfig({ data: "cifar10", file: { model } });
      expect({ learningRate, optimizer }).toMatchObject({ learningRate: 0.1, optimizer: { name: "sgd" } });
    }
    expect(assembleRunConfig({ data: "mnist", file: { model: "./net.mjs" } }).epochs).toBe(6);
    const wider = assembleRunConfig({
      data: "cifar10",
      assignments: [{ model: { options: { filters: [1, 2, 3] } } }],
    });
    expect(wider).toMatchObject({ model: { name: "airbench94" }, learningRate: 0.5 });
  });

  it("takes a named recipe whole, under the file, the flags and --set", () => {
    const recipe = "cifar10-airbench94";
    const config = assembleRunConfig({ recipe });
    expect(config).toEqual(RunConfig.parse(RECIPES[recipe].config));
    const changed = assembleRunConfig({
      recipe,
      data: "./photos",
      file: { loss: { labelSmoothing: 0.1 } },
      flags: { epochs: 3 },
      assignments: [{ optimizer: { momentum: 0.9 } }],
    });
    expect(changed).toMatchObject({
      data: { source: "./photos", validationFraction: 0 },
      loss: { labelSmoothing: 0.1 },
      epochs: 3,
      optimizer: { momentum: 0.9, decay: "coupled" },
      batchSize: 512,
    });
    expect(() => assembleRunConfig({ recipe: "cifar10-airbench95" })).toThrow(
      'Received: "cifar10-airbench95". Did you mean "cifar10-airbench94"?',
    );
  });

  it("forks the run that is typed, whatever the file's was forked from", () => {
    const fork = { ...assembleRunConfig({ data: "mnist" }), forkedFrom: { runId: "typed", step: 5 } };
    const file = { epochs: 9, forkedFrom: { runId: "other", step: 14 } };
    expect(assembleRunConfig({ fork, file })).toMatchObject({
      epochs: 9,
      forkedFrom: { runId: "typed", step: 5 },
    });
    expect(assembleRunConfig({ data: "mnist", file }).forkedFrom).toEqual(file.forkedFrom);
  });

  it("leaves out what is set to null, where null is no value", () => {
    const fork = {
      ...assembleRunConfig({ data: "mnist" }),
      ema: { decay: 0.9 },
      timeBudget: 3,
      callbacks: [{ module: "./watch.mjs", options: {} }],
      stageDecay: 0.5,
      earlyStopping: { monitor: "val_loss" },
      forkedFrom: { runId: "typed", step: 5 },
    };
    const keys = ["ema", "timeBudget", "callbacks", "earlyStopping"];
    const config = assembleRunConfig({ fork, assignments: keys.map((key) => ({ [key]: null })) });
    for (const key of ["ema", "timeBudget", "callbacks"]) expect(config).not.toHaveProperty(key);
    expect(config).toMatchObject({ earlyStopping: null, stageDecay: 0.5, forkedFrom: fork.forkedFrom });
    // No key without which there is no run, and none with a default.
    expect(() => assembleRunConfig({ fork, assignments: [{ epochs: null }] })).toThrow("epochs");
    expect(() => assembleRunConfig({ fork, assignments: [{ emma: null }] })).toThrow("emma: no such key");
  });

  it("explains what is wrong, one line each", () => {
    expect(() => assembleRunConfig({})).toThrow("convkit train cifar10");
    expect(() => assembleRunConfig({ data: "x", flags: { model: "resnet21" } })).toThrow(
      'Did you mean "resnet20"?',
    );
    const wrong = { data: "x", file: { epocs: 1 }, flags: { lr: -1 } };
    expect(() => assembleRunConfig(wrong)).toThrow(ConfigError);
    expect(() => assembleRunConfig(wrong)).toThrow(/learningRate: .*\n {2}epocs: no such key/s);
  });
});

it("replays a sweep's run as a run of its own", () => {
  const sweep = {
    name: "rates",
    trial: 2,
    metric: "val_accuracy",
    mode: "max",
    parameters: ["learningRate"],
  };
  const file = { data: { source: "mnist" }, tags: ["mine", "sweep:rates"], sweep, learningRate: 0.3 };
  const replayed = assembleRunConfig({ file });
  expect(replayed).toMatchObject({ tags: ["mine"], learningRate: 0.3 });
  expect(replayed.sweep).toBeUndefined();
});
