import { RunConfig } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { explainConfigIssues } from "./explain-config-issues.js";

const WHOLE = { data: { source: "cifar10" }, model: { name: "resnet20" } };

function explain(config: object): string[] {
  const parsed = RunConfig.safeParse(config);
  return parsed.success ? [] : explainConfigIssues(RunConfig, config, parsed.error.issues);
}

describe("explainConfigIssues", () => {
  it("says nothing of a config that parses", () => {
    expect(explain(WHOLE)).toEqual([]);
  });

  it("names the path, what was expected and what was received", () => {
    expect(explain({ ...WHOLE, epochs: "3" })).toEqual([
      'epochs: expected number, received string. Received: "3".',
    ]);
    expect(explain({ ...WHOLE, schedule: { name: "cosine", warmupFraction: 2 } })).toEqual([
      "schedule.warmupFraction: expected number to be <1. Received: 2.",
    ]);
    const classWeights = { name: "effective-number", beta: 1 };
    expect(explain({ ...WHOLE, loss: { name: "cross-entropy", classWeights } })).toEqual([
      "loss.classWeights.beta: expected number to be <1. Received: 1.",
    ]);
  });

  it("finds the key that was meant", () => {
    expect(explain({ ...WHOLE, epocs: 3 })).toEqual(['epocs: no such key. Did you mean "epochs"?']);
    expect(explain({ ...WHOLE, data: { source: "x", limit: { trian: 3 } } })).toEqual([
      'data.limit.trian: no such key. Did you mean "train"?',
    ]);
  });

  it("lists the keys of the variant at hand, and no other's, where none is near", () => {
    expect(explain({ ...WHOLE, optimizer: { name: "sgd", zzz: 1 } })).toEqual([
      "optimizer.zzz: no such key. Keys here: name, momentum, nesterov, weightDecay, decay, noDecay, groups.",
    ]);
  });

  it("finds the name that was meant, in variants, plain choices and lists", () => {
    expect(explain({ ...WHOLE, optimizer: { name: "admw" } })).toEqual([
      'optimizer.name: expected one of sgd, adam, adamw, rmsprop, lion, muon. Received: "admw". Did you mean "adamw"?',
    ]);
    expect(explain({ ...WHOLE, engine: "nativ" })).toEqual([
      "engine: expected one of auto, native, webgpu, tensorflow-gpu, tensorflow, wasm, cpu. " +
        'Received: "nativ". Did you mean "native"?',
    ]);
    expect(explain({ ...WHOLE, transforms: { train: [{ name: "RandomCorp" }], evaluation: [] } })).toEqual([
      "transforms.train.0.name: expected one of RandomCrop, RandomHorizontalFlip, Resize, CenterCrop, " +
        "RandomResizedCrop, RandomVerticalFlip, AlternatingFlip, RandomRotation, RandomAffine, " +
        "RandomPerspective, ColorJitter, RandomGrayscale, GaussianBlur, RandomPosterize, RandomSolarize, " +
        "RandomEqualize, RandomAutocontrast, RandomAdjustSharpness, RandomInvert, RandAugment, " +
        "TrivialAugmentWide, AutoAugment, AugMix, Normalize, RandomErasing. " +
        'Received: "RandomCorp". Did you mean "RandomCrop"?',
    ]);
  });

  it("explains the variant of a union that was meant", () => {
    const [line] = explain({
      ...WHOLE,
      model: { layers: [{ layer: "conv", filters: 8 }, { layer: "maxPol" }] },
    });
    expect(line).toMatch(/^model\.layers\.1\.layer: expected one of conv, .*Did you mean "maxPool"\?$/);
    expect(explain({ ...WHOLE, model: { module: "./net.mjs", optons: {} } })).toEqual([
      'model.optons: no such key. Did you mean "options"?',
    ]);
  });

  it("says what a model may be where none of the ways was begun", () => {
    const what =
      "expected a network's name, a path to a module, a list of layers, or an object with " +
      '"name", "layers" or "module"';
    expect(explain({ ...WHOLE, model: 3 })).toEqual([`model: ${what}. Received: 3.`]);
    expect(explain({ ...WHOLE, model: {} })).toEqual([`model: ${what}. Received: {}.`]);
    expect(explain({ data: WHOLE.data })).toEqual([`model: ${what}. Received: nothing.`]);
    expect(explain({ ...WHOLE, transforms: "stong" })).toEqual([
      'transforms: expected one of none, light, standard, strong. Received: "stong". Did you mean "strong"?',
    ]);
    expect(explain({ ...WHOLE, transforms: { train: [{}], evaluation: [] } })).toEqual([
      "transforms.train.0: expected a transform's name, a path to a module, or an object with " +
        '"name" or "module". Received: {}.',
    ]);
    expect(
      explain({ ...WHOLE, transforms: { train: [{ name: "Resize", size: "x" }], evaluation: [] } }),
    ).toEqual(['transforms.train.0.size: expected number, received string. Received: "x".']);
  });

  it("gives every mistake a line of its own", () => {
    expect(explain({ ...WHOLE, epochs: 0, batchSize: 1.5, seed: -1 })).toHaveLength(3);
  });
});
