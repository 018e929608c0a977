import { describe, expect, it } from "vitest";
import { complaint, least, listsOf } from "../test/least-config.js";
import { RunConfig, runConfigJsonSchema, type RunConfigInput } from "./run-config.js";
import { expandShortForms } from "./short-forms.js";

describe("short forms", () => {
  const models: [RunConfigInput["model"], object][] = [
    ["resnet9", { name: "resnet9", options: {} }],
    ["./nets/mine.ts", { module: "./nets/mine.ts", options: {} }],
    ["mine.mjs", { module: "mine.mjs", options: {} }],
    [[{ layer: "flatten" }], { layers: [{ layer: "flatten" }] }],
  ];

  it.each(models)("takes %j for a model", (model, long) => {
    expect(RunConfig.parse({ ...least, model }).model).toEqual(long);
  });

  it("takes names for transforms, the optimizer, the schedule and the loss", () => {
    const config = RunConfig.parse({
      ...least,
      transforms: { train: ["RandomHorizontalFlip", "./blur.mjs"], evaluation: [] },
      optimizer: "adamw",
      schedule: "cosine",
      loss: "cross-entropy",
    });
    expect(listsOf(config).train).toEqual([
      { name: "RandomHorizontalFlip", p: 0.5 },
      { module: "./blur.mjs", options: {} },
    ]);
    expect(config.optimizer).toMatchObject({ name: "adamw", beta1: 0.9 });
    expect(config.schedule).toMatchObject({ name: "cosine", finalFactor: 0 });
    expect(config.loss).toEqual({ name: "cross-entropy", labelSmoothing: 0, classWeights: null });
  });

  it("takes names for sampling, and weights of classes with theirs", () => {
    const parse = (sampling: RunConfigInput["sampling"]) => RunConfig.parse({ ...least, sampling }).sampling;
    expect(parse("class-balanced")).toEqual({ name: "class-balanced" });
    expect(parse("repeated-augmentation")).toEqual({ name: "repeated-augmentation", repeats: 3 });
    const weighted = { name: "weighted" as const, weights: { cat: 0, dog: 2.5 } };
    expect(parse(weighted)).toEqual(weighted);
    expect(expandShortForms({ sampling: "shuffle" })).toEqual({ sampling: { name: "shuffle" } });
    expect(complaint({ ...least, sampling: "weighted" })).toMatch(/sampling\.weights/);
    expect(complaint({ ...least, sampling: { ...weighted, weights: { cat: -1 } } })).toMatch(
      />=0\n.*sampling\.weights\.cat/,
    );
    expect(complaint({ ...least, sampling: { name: "repeated-augmentation", repeats: 1 } })).toMatch(
      /sampling\.repeats/,
    );
    expect(complaint({ ...least, sampling: "round-robin" })).toContain("sampling");
  });

  it("takes a method's name for weights of classes, or the weights", () => {
    const parse = (classWeights: unknown) =>
      RunConfig.parse({ ...least, loss: { name: "cross-entropy", classWeights } }).loss.classWeights;
    expect(parse("effective-number")).toBe("effective-number");
    expect(parse([0, 2.5])).toEqual([0, 2.5]);
    expect(parse({ name: "effective-number" })).toEqual({ name: "effective-number", beta: 0.999 });
    expect(parse({ name: "effective-number", beta: 0 })).toEqual({ name: "effective-number", beta: 0 });
    const betas = [1, -0.1, Number.NaN].map((beta) => ({ name: "effective-number", beta }));
    for (const wrong of ["inverse", [-1, 2], [Number.NaN], 3, ...betas, { name: "balanced", beta: 0.9 }])
      expect(complaint({ ...least, loss: { name: "cross-entropy", classWeights: wrong } })).toContain(
        "loss.classWeights",
      );
  });

  it("takes every loss by its name, each with what it alone knows", () => {
    const parse = (loss: RunConfigInput["loss"]) => RunConfig.parse({ ...least, loss }).loss;
    expect(parse("focal")).toEqual({ name: "focal", gamma: 2, classWeights: null });
    expect(parse("binary-cross-entropy")).toEqual({
      name: "binary-cross-entropy",
      labelSmoothing: 0,
      classWeights: null,
    });
    expect(complaint({ ...least, loss: { name: "focal", labelSmoothing: 0.1 } })).toMatch(/labelSmoothing/);
    expect(complaint({ ...least, loss: { name: "focal", gamma: -1 } })).toMatch(/loss\.gamma/);
    expect(complaint({ ...least, loss: "hinge" })).toMatch(/'cross-entropy' \| 'focal'/);
  });

  it("takes a preset's name for all transforms, and no other", () => {
    expect(RunConfig.parse({ ...least, transforms: "strong" }).transforms).toBe("strong");
    expect(complaint({ ...least, transforms: "heavy" })).toBe(
      '✖ Invalid option: expected one of "none"|"light"|"standard"|"strong"\n  → at transforms',
    );
    expect(complaint({ ...least, transforms: 3 })).toBe(
      "✖ Invalid input: expected object, received number\n  → at transforms",
    );
    expect(runConfigJsonSchema().properties?.["transforms"]).toMatchObject({
      default: null,
      anyOf: [
        { anyOf: [{ type: "string", enum: ["none", "light", "standard", "strong"] }, { type: "object" }] },
        { type: "null" },
      ],
    });
  });

  it("takes names for batch transforms, which nobody has to list", () => {
    const parse = (transforms: RunConfigInput["transforms"]) =>
      RunConfig.parse({ ...least, transforms }).transforms;
    expect(parse({ train: [], evaluation: [] })).toEqual({ train: [], batch: [], evaluation: [] });
    const batch = ["MixUp", { name: "CutMix" as const, alpha: 0.5, untilEpoch: 3 }];
    expect(parse({ train: [], batch, evaluation: [] })).toMatchObject({
      batch: [
        { name: "MixUp", alpha: 1, p: 1 },
        { name: "CutMix", alpha: 0.5, p: 1, untilEpoch: 3 },
      ],
    });
    const wrong = { name: "MixUp" as const, alpha: 0, untilEpoch: 0 };
    expect(complaint({ ...least, transforms: { train: [], batch: [wrong], evaluation: [] } })).toBe(
      "✖ Too small: expected number to be >0\n  → at transforms.batch[0].alpha\n" +
        "✖ Too small: expected number to be >0\n  → at transforms.batch[0].untilEpoch",
    );
  });

  it("are spelled out in a part of a config, and nothing else is touched", () => {
    const part = { model: "resnet9", optimizer: "adamw", transforms: { train: ["CenterCrop"] }, epochs: 3 };
    expect(expandShortForms(part)).toEqual({
      model: { name: "resnet9" },
      optimizer: { name: "adamw" },
      transforms: { train: [{ name: "CenterCrop" }] },
      epochs: 3,
    });
    const long = { transforms: null, model: { layers: [] }, schedule: 4, data: { source: "mnist" } };
    expect(expandShortForms(long)).toEqual(long);
  });
});
