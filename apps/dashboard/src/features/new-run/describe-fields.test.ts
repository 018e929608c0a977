import { runConfigJsonSchema } from "@convkit/schema";
import { expect, test } from "vitest";
import { describeFields, spelledOut, variantOf, type Field } from "./describe-fields";
import type { JsonObject } from "./json-value";

const fields = describeFields({ ...runConfigJsonSchema() } as JsonObject);
const find = (key: string, within: readonly Field[] = fields) => within.find((field) => field.key === key)!;
const kinds = (list: readonly Field[]) => Object.fromEntries(list.map(({ key, kind }) => [key, kind]));
const variants = (key: string) => {
  const field = find(key);
  return field.kind === "variants" ? field.variants : [];
};

test("every field of a run's config is understood", () => {
  expect(kinds(fields)).toEqual({
    name: "text",
    experiment: "text",
    tags: "texts",
    seed: "number",
    engine: "choice",
    precision: "choice",
    data: "group",
    transforms: "variants",
    sampling: "variants",
    model: "variants",
    freeze: "variants",
    stageDecay: "number",
    sweep: "variants",
    forkedFrom: "variants",
    loss: "variants",
    optimizer: "variants",
    learningRate: "number",
    schedule: "variants",
    epochs: "number",
    timeBudget: "number",
    batchSize: "number",
    accumulate: "number",
    gradientClipping: "variants",
    ema: "variants",
    lookahead: "variants",
    testTimeAugmentation: "choice",
    checkpoint: "group",
    earlyStopping: "variants",
    callbacks: "list",
  });
  const data = find("data");
  expect(data.kind === "group" && kinds(data.fields)).toMatchObject({
    source: "text",
    validationFraction: "number",
    imageSize: "numbers",
    limit: "group",
  });
  expect(find("engine")).toMatchObject({
    options: ["auto", "native", "webgpu", "tensorflow-gpu", "tensorflow", "wasm", "cpu"],
    initial: "auto",
  });
  expect(find("epochs")).toMatchObject({
    initial: 10,
    help: "Passes over the training pictures",
    integer: true,
  });
});

test("variants are told by their name, or by the property that the others lack", () => {
  expect(variants("optimizer").map(({ id }) => id)).toEqual([
    "sgd",
    "adam",
    "adamw",
    "rmsprop",
    "lion",
    "muon",
  ]);
  expect(kinds(variants("optimizer")[0]!.fields)).toEqual({
    momentum: "number",
    nesterov: "switch",
    weightDecay: "number",
    decay: "choice",
    noDecay: "texts",
    groups: "list",
  });
  // A method by its name or a number per class: neither a choice nor numbers alone would take both.
  expect(kinds(variants("loss")[0]!.fields)).toEqual({ labelSmoothing: "number", classWeights: "json" });
  expect(variants("sampling").map(({ id, fields }) => [id, kinds(fields)])).toEqual([
    ["shuffle", {}],
    ["class-balanced", {}],
    ["weighted", { weights: "json" }],
    ["repeated-augmentation", { repeats: "number" }],
  ]);
  expect(variants("model").map(({ id }) => id)).toEqual(["name", "layers", "module", "classifier"]);
  expect(kinds(variants("model")[0]!.fields)).toEqual({
    name: "text",
    pretrained: "text",
    sha256: "text",
    options: "json",
  });
  const layers = find("layers", variants("model")[1]!.fields);
  expect(layers.kind === "list" && layers.variants.map(({ id }) => id)).toContain("dropout");
  const train = find("train", variants("transforms")[0]!.fields);
  expect(train.kind === "list" && train.variants.map(({ id }) => id)).toEqual([
    "RandomCrop",
    "RandomHorizontalFlip",
    "Resize",
    "CenterCrop",
    "RandomResizedCrop",
    "RandomVerticalFlip",
    "AlternatingFlip",
    "RandomRotation",
    "RandomAffine",
    "RandomPerspective",
    "ColorJitter",
    "RandomGrayscale",
    "GaussianBlur",
    "RandomPosterize",
    "RandomSolarize",
    "RandomEqualize",
    "RandomAutocontrast",
    "RandomAdjustSharpness",
    "RandomInvert",
    "RandAugment",
    "TrivialAugmentWide",
    "AutoAugment",
    "AugMix",
    "Normalize",
    "RandomErasing",
    "module",
  ]);
  expect(find("transforms")).toMatchObject({
    nullable: true,
    initial: null,
    presets: ["none", "light", "standard", "strong"],
  });
  expect(find("optimizer")).toMatchObject({ nullable: false, presets: [] });
  const batch = find("batch", variants("transforms")[0]!.fields);
  expect(batch).toMatchObject({ kind: "list", initial: [] });
  expect(batch.kind === "list" && batch.variants.map(({ id }) => id)).toEqual(["MixUp", "CutMix"]);
  expect(batch.kind === "list" && kinds(batch.variants[0]!.fields)).toEqual({
    alpha: "number",
    p: "number",
    untilEpoch: "number",
  });
});

test("objects that may be left out are left out until they are chosen", () => {
  expect(find("optimizer")).toMatchObject({ optional: false });
  expect(find("earlyStopping")).toMatchObject({ optional: false, nullable: true });
  for (const key of ["gradientClipping", "ema", "lookahead"])
    expect(find(key), key).toMatchObject({ optional: true, nullable: false, initial: undefined });
  const [ema] = variants("ema");
  expect(ema).toMatchObject({ start: {}, isTagged: false });
  expect(kinds(ema!.fields)).toEqual({ decay: "number", warmup: "switch" });
  expect(variantOf({}, variants("ema"))).toBe(ema);
  expect(variantOf(undefined, variants("ema"))).toBeUndefined();
  expect(variants("gradientClipping").map(({ id, help }) => [id, help])).toEqual([
    ["value", "Each number of a gradient by itself"],
    ["norm", "The gradient of each weight"],
    ["global-norm", "All gradients by one factor"],
  ]);
});

test("a value belongs to its variant in its short form too", () => {
  const id = (key: string, value: Parameters<typeof variantOf>[0]) => variantOf(value, variants(key))?.id;
  expect(id("optimizer", "adamw")).toBe("adamw");
  expect(id("optimizer", { name: "adamw", beta1: 0.5 })).toBe("adamw");
  expect(id("optimizer", { name: "adamax" })).toBeUndefined();
  expect(id("model", "resnet9")).toBe("name");
  expect(id("model", "./net.ts")).toBe("module");
  expect(id("model", [{ layer: "flatten" }])).toBe("layers");
  expect(id("model", { layers: [] })).toBe("layers");
  expect(id("earlyStopping", { patience: 3 })).toBe("earlyStopping");
  expect(id("earlyStopping", null)).toBeUndefined();
  expect(spelledOut("./net.ts", variants("model"))).toEqual({ module: "./net.ts" });
  expect(spelledOut([{ layer: "flatten" }], variants("model"))).toEqual({ layers: [{ layer: "flatten" }] });
});
