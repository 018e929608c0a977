import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { complaint, least, listsOf } from "../test/least-config.js";
import { RunConfig, runConfigJsonSchema, type RunConfigInput } from "./run-config.js";
import { expandShortForms } from "./short-forms.js";

describe("defaults", () => {
  it("fills in everything but data and model", () => {
    expect(RunConfig.parse(least)).toEqual({
      formatVersion: 1,
      experiment: "default",
      tags: [],
      seed: 0,
      engine: "auto",
      data: {
        source: "cifar10",
        validationFraction: 0.1,
        testFraction: 0.1,
        splitSeed: 0,
        fold: 0,
        stratify: false,
        maxBadFraction: 0.01,
        limit: {},
      },
      transforms: null,
      sampling: { name: "shuffle" },
      model: { name: "resnet20", options: {} },
      loss: { name: "cross-entropy", labelSmoothing: 0, classWeights: null },
      optimizer: { name: "sgd", momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
      learningRate: 0.05,
      schedule: { name: "one-cycle", pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4, anneal: "cos" },
      epochs: 10,
      batchSize: 128,
      checkpoint: { monitor: "val_accuracy", mode: "auto" },
      earlyStopping: null,
    });
  });

  it("keeps what the run belongs to and is found by, each label once", () => {
    const config = RunConfig.parse({ ...least, experiment: "learning rates", tags: ["b", "a", "b"] });
    expect([config.experiment, config.tags]).toEqual(["learning rates", ["b", "a"]]);
    expect(RunConfig.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
    expect(RunConfig.parse({ ...least, experiment: "e".repeat(200) }).experiment).toHaveLength(200);
    expect(complaint({ ...least, experiment: "" })).toContain("experiment");
    expect(complaint({ ...least, experiment: "e".repeat(201) })).toContain("experiment");
    expect(complaint({ ...least, tags: [""] })).toContain("tags[0]");
  });

  it("keeps checkpoints every so many steps, and counts none that are not kept", () => {
    const { checkpoint } = RunConfig.parse({ ...least, checkpoint: { everySteps: 100, keep: 2 } });
    expect(checkpoint).toEqual({ monitor: "val_loss", mode: "auto", everySteps: 100, keep: 2 });
    expect(complaint({ ...least, checkpoint: { keep: 2 } })).toContain("checkpoint.keep");
    expect(complaint({ ...least, checkpoint: { everySteps: 0 } })).toContain("checkpoint.everySteps");
  });

  it("takes callbacks by their paths", () => {
    const callbacks = ["./count.mjs", { module: "./stop.ts", options: { at: 3 } }];
    const whole = [
      { module: "./count.mjs", options: {} },
      { module: "./stop.ts", options: { at: 3 } },
    ];
    expect(RunConfig.parse({ ...least, callbacks }).callbacks).toEqual(whole);
    expect(RunConfig.parse(expandShortForms({ ...least, callbacks })).callbacks).toEqual(whole);
    expect(complaint({ ...least, callbacks: [3] })).toContain("callbacks[0]");
  });

  it("completes a part that is begun", () => {
    const config = RunConfig.parse({
      ...least,
      optimizer: { name: "adamw", weightDecay: 0.1 },
      schedule: { name: "cosine" },
      earlyStopping: {},
    });
    expect(config.optimizer).toEqual({
      name: "adamw",
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.1,
    });
    expect(config.schedule).toEqual({ name: "cosine", warmupFraction: 0.05, finalFactor: 0 });
    expect(config.earlyStopping).toEqual({ monitor: "val_loss", mode: "auto", patience: 5, minDelta: 0 });
  });

  it("completes every optimizer, and groups of weights", () => {
    const parse = (optimizer: RunConfigInput["optimizer"]) =>
      RunConfig.parse({ ...least, optimizer }).optimizer;
    const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    expect(parse("adam")).toEqual({ name: "adam", ...adam, weightDecay: 0 });
    expect(parse("rmsprop")).toEqual({
      name: "rmsprop",
      smoothing: 0.99,
      momentum: 0,
      epsilon: 1e-8,
      weightDecay: 0,
    });
    expect(parse("lion")).toEqual({ name: "lion", beta1: 0.9, beta2: 0.99, weightDecay: 0 });
    expect(parse("muon")).toEqual({
      name: "muon",
      momentum: 0.6,
      nesterov: true,
      iterations: 5,
      normalize: true,
      otherLearningRate: 1,
      otherMomentum: 0.85,
      weightDecay: 5e-4,
    });
    const groups = [{ weights: "^whiten/bias$", untilEpoch: 2.5 }];
    expect(parse({ name: "adam", noDecay: ["embedding"], groups })).toEqual({
      name: "adam",
      ...adam,
      weightDecay: 0,
      noDecay: ["embedding"],
      groups: [{ weights: "^whiten/bias$", learningRate: 1, untilEpoch: 2.5 }],
    });
  });

  it("takes a name for no label where pictures have any number of them, and nowhere else", () => {
    const data = { source: "xrays.csv", noLabel: "No Finding" };
    expect(RunConfig.parse({ ...least, data: { ...data, multiLabel: true } }).data).toMatchObject({
      multiLabel: true,
      noLabel: "No Finding",
    });
    expect(complaint({ ...least, data })).toContain("Expected multiLabel: true beside it");
  });

  it("completes layers written as data", () => {
    const config = RunConfig.parse({
      ...least,
      model: {
        layers: [{ layer: "conv", filters: 8 }, { layer: "maxPool" }, { layer: "dropout", rate: 0.5 }],
      },
    });
    expect(config.model).toEqual({
      layers: [
        {
          layer: "conv",
          filters: 8,
          kernelSize: 3,
          strides: 1,
          padding: "same",
          useBias: true,
          activation: "linear",
        },
        { layer: "maxPool", poolSize: 2, padding: "valid" },
        { layer: "dropout", rate: 0.5 },
      ],
    });
  });

  it("gives two configs nothing in common that one could change in the other", () => {
    const first = RunConfig.parse(least);
    first.data.limit.train = 5;
    expect(RunConfig.parse(least).data.limit).toEqual({});
  });

  it("takes a module for the model and for a transform", () => {
    const config = RunConfig.parse({
      ...least,
      model: { module: "./net.ts", options: { depth: 3 } },
      transforms: { train: [{ module: "./blur.mjs" }], evaluation: [] },
    });
    expect(config.model).toEqual({ module: "./net.ts", options: { depth: 3 } });
    expect(listsOf(config).train).toEqual([{ module: "./blur.mjs", options: {} }]);
  });
});

it("takes pictures of 16,384 pixels an edge", () => {
  const data = { source: "x", imageSize: [16_384, 16_384] as [number, number] };
  expect(RunConfig.parse({ ...least, data }).data.imageSize).toEqual([16_384, 16_384]);
});

describe("runConfigJsonSchema", () => {
  const { properties = {} } = runConfigJsonSchema();

  it("offers short forms beside the long one", () => {
    expect(properties["optimizer"]).toMatchObject({
      default: { name: "sgd" },
      anyOf: [{ type: "string" }, { oneOf: Array.from({ length: 6 }, () => expect.anything() as unknown) }],
    });
    expect(properties["model"]).toMatchObject({
      anyOf: [{ type: "string" }, { type: "array" }, { anyOf: expect.any(Array) as unknown[] }],
    });
  });

  it("describes every field, however deep", () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === "properties") {
          for (const [name, field] of Object.entries(value as Record<string, { description?: string }>)) {
            if (!field.description) bare.push(`${path}.${name}`);
            walk(field, `${path}.${name}`);
          }
        } else walk(value, path);
      }
    };
    walk(runConfigJsonSchema(), "config");
    expect(bare).toEqual([]);
  });
});

describe("a stored config", () => {
  it("replays: parsing it again, through JSON too, changes nothing", () => {
    const input = fc.record(
      {
        seed: fc.nat(),
        epochs: fc.integer({ min: 1, max: 500 }),
        learningRate: fc.double({ min: 1e-9, max: 10, noNaN: true }),
        engine: fc.constantFrom("auto", "native", "tensorflow", "cpu"),
        optimizer: fc.constantFrom({ name: "sgd" }, { name: "adamw", beta1: 0.5 }),
        schedule: fc.constantFrom(
          { name: "constant" },
          { name: "cosine" },
          { name: "one-cycle", anneal: "linear" },
        ),
        transforms: fc.constantFrom(null, {
          train: [{ name: "RandomCrop", size: [32, 32], padding: 4 }, { name: "RandomHorizontalFlip" }],
          evaluation: [{ name: "Normalize", mean: [0.5], std: [0.25] }],
        }),
        earlyStopping: fc.constantFrom(null, { patience: 3 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(input, (part) => {
        const once = RunConfig.parse({ ...least, ...part });
        expect(RunConfig.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
      }),
    );
  });
});

describe("what is refused, and in which words", () => {
  it.each([
    ["no data", { model: { name: "x" } }, "expected object, received undefined\n  → at data"],
    ["an unknown key", { ...least, epoch: 3 }, 'Unrecognized key: "epoch"'],
    ["no epochs", { ...least, epochs: 0 }, "→ at epochs"],
    ["half an image", { ...least, batchSize: 1.5 }, "→ at batchSize"],
    ["a seed past uint32", { ...least, seed: 2 ** 32 }, "→ at seed"],
    ["NaN for a rate", { ...least, learningRate: NaN }, "→ at learningRate"],
    [
      "everything held back",
      { ...least, data: { source: "x", validationFraction: 1 } },
      "→ at data.validationFraction",
    ],
    ["only test pictures", { ...least, data: { source: "x", testFraction: 1 } }, "→ at data.testFraction"],
    ["a group without a capture", { ...least, data: { source: "x", group: "^p" } }, "Received: 0 captures"],
    ["two groups", { ...least, data: { source: "x", group: "^(a)(?<b>b)" } }, "Received: 2 captures"],
    ["half a group", { ...least, data: { source: "x", group: "^(a" } }, "Invalid regular expression"],
    ["an escape that means nothing", { ...least, data: { source: "x", group: "(a)\\_" } }, "Invalid escape"],
    [
      "an edge that no memory holds",
      { ...least, data: { source: "x", imageSize: [64, 16_385] } },
      "Expected at most 16,384 pixels an edge\n  → at data.imageSize[1]",
    ],
    [
      "an unknown optimizer",
      { ...least, optimizer: { name: "adamax" } },
      "Expected 'sgd' | 'adam' | 'adamw' | 'rmsprop' | 'lion' | 'muon'",
    ],
    [
      "half a pattern of weights",
      { ...least, optimizer: { name: "sgd", groups: [{ weights: "(" }] } },
      "Invalid regular expression: /(/u: Unterminated group\n  → at optimizer.groups[0].weights",
    ],
    [
      "weights that rest before they begin",
      { ...least, optimizer: { name: "lion", groups: [{ weights: "bias", untilEpoch: 0 }] } },
      "→ at optimizer.groups[0].untilEpoch",
    ],
    ["another format", { ...least, formatVersion: 2 }, "→ at formatVersion"],
  ])("%s", (_what, config, message) => {
    expect(complaint(config)).toContain(message);
  });

  it("names the fault inside the model that was meant", () => {
    expect(complaint({ ...least, model: { layers: [{ layer: "conv" }] } })).toBe(
      "✖ layers[0].filters: Invalid input: expected number, received undefined\n  → at model",
    );
    expect(complaint({ ...least, model: [{ layer: "dropout" }] })).toBe(
      "✖ layers[0].rate: Invalid input: expected number, received undefined\n  → at model",
    );
    expect(complaint({ ...least, model: 3 })).toBe(
      "✖ Invalid input: expected a network's name, a path to a module, a list of layers, " +
        'or an object with "name", "layers" or "module"\n  → at model',
    );
  });

  it("names the fault inside the transform that was meant", () => {
    const train = [{ name: "RandomCrop" }];
    const evaluation = [{ name: "Normalize", mean: [0.5, 0.5], std: [1] }, { nam: "Resize" }];
    const text = complaint({ ...least, transforms: { train, evaluation } });
    expect(text).toContain(
      "size: Invalid input: expected tuple, received undefined\n  → at transforms.train[0]",
    );
    expect(text).toContain("Expected one std for each mean\n  → at transforms.evaluation[0].std");
    expect(text).toContain(
      'expected a transform\'s name, a path to a module, or an object with "name" or "module"\n' +
        "  → at transforms.evaluation[1]",
    );
  });

  it("takes gradual unfreezing only with the epoch that it begins after", () => {
    const freeze = { stages: "features", everyEpochs: 1 };
    expect(() => RunConfig.parse({ ...least, freeze })).toThrow("Expected an untilEpoch");
    expect(RunConfig.parse({ ...least, freeze: { ...freeze, untilEpoch: 2 } }).freeze).toEqual({
      stages: "features",
      untilEpoch: 2,
      everyEpochs: 1,
    });
  });
});
