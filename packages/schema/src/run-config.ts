/** Everything that decides a run. Parsed once, at the edge; a stored config replays the run. */
import { z } from "zod";
import { explainUnion } from "./union-error.js";

const PositiveInt = z.int().positive();
const Fraction = z.number().min(0).lt(1);

/** A module of the user's own (`.mjs` or `.ts`) and what is handed to its default export. */
export const ModuleSpec = z.strictObject({
  module: z.string().min(1).describe("Path, resolved against the working directory"),
  options: z.record(z.string(), z.unknown()).default({}),
});
export type ModuleSpec = z.infer<typeof ModuleSpec>;

/** torchvision's names. Sizes are [height, width] in pixels; `mean` and `std` are of pixels scaled to 0…1. */
export const BuiltinTransformSpec = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("RandomCrop"),
    size: z.tuple([PositiveInt, PositiveInt]),
    padding: z.int().min(0).default(0),
    paddingMode: z.enum(["constant", "reflect"]).default("constant"),
  }),
  z.strictObject({ name: z.literal("RandomHorizontalFlip"), p: z.number().min(0).max(1).default(0.5) }),
  z.strictObject({
    name: z.literal("Resize"),
    size: z
      .union([PositiveInt, z.tuple([PositiveInt, PositiveInt])])
      .describe("One number: the shorter edge"),
  }),
  z.strictObject({ name: z.literal("CenterCrop"), size: z.tuple([PositiveInt, PositiveInt]) }),
  z
    .strictObject({
      name: z.literal("Normalize"),
      mean: z.array(z.number()).min(1),
      std: z.array(z.number().positive()).min(1),
    })
    .refine(({ mean, std }) => mean.length === std.length, {
      error: "Expected one std for each mean",
      path: ["std"],
    }),
]);
export type BuiltinTransformSpec = z.infer<typeof BuiltinTransformSpec>;

/** A transform of ours or a module. */
export const TransformSpec = z.union([BuiltinTransformSpec, ModuleSpec], {
  error: explainUnion(["name", "module"], 'a transform with a "name", or a "module"'),
});
export type TransformSpec = z.infer<typeof TransformSpec>;

const Padding = z.enum(["same", "valid"]).default("same");
const LayerActivation = z
  .enum(["linear", "relu", "relu6", "elu", "sigmoid", "tanh", "softmax"])
  .default("linear");

/** One layer of a network written as data. Keras's names. */
export const LayerSpec = z.discriminatedUnion("layer", [
  z.strictObject({
    layer: z.literal("conv"),
    filters: PositiveInt,
    kernelSize: PositiveInt.default(3),
    strides: PositiveInt.default(1),
    padding: Padding,
    useBias: z.boolean().default(true),
    activation: LayerActivation,
  }),
  z.strictObject({
    layer: z.literal("depthwiseConv"),
    kernelSize: PositiveInt.default(3),
    strides: PositiveInt.default(1),
    padding: Padding,
    useBias: z.boolean().default(true),
    activation: LayerActivation,
  }),
  z.strictObject({
    layer: z.literal("maxPool"),
    poolSize: PositiveInt.default(2),
    strides: PositiveInt.optional(),
    padding: z.enum(["same", "valid"]).default("valid"),
  }),
  z.strictObject({
    layer: z.literal("avgPool"),
    poolSize: PositiveInt.default(2),
    strides: PositiveInt.optional(),
    padding: z.enum(["same", "valid"]).default("valid"),
  }),
  z.strictObject({ layer: z.literal("globalAvgPool") }),
  z.strictObject({ layer: z.literal("globalMaxPool") }),
  z.strictObject({
    layer: z.literal("batchNorm"),
    momentum: Fraction.default(0.9),
    epsilon: z.number().positive().default(1e-5),
    scale: z.boolean().default(true),
    center: z.boolean().default(true),
  }),
  z.strictObject({
    layer: z.literal("activation"),
    activation: z.enum(["relu", "relu6", "elu", "sigmoid", "tanh", "softmax"]),
  }),
  z.strictObject({ layer: z.literal("dropout"), rate: Fraction }),
  z.strictObject({ layer: z.literal("flatten") }),
  z.strictObject({
    layer: z.literal("dense"),
    units: PositiveInt,
    useBias: z.boolean().default(true),
    activation: LayerActivation,
  }),
]);
export type LayerSpec = z.infer<typeof LayerSpec>;

/** A registry name, a list of layers (the classifying dense layer is appended), or a module. */
export const ModelSpec = z.union(
  [
    z.strictObject({ name: z.string().min(1), options: z.record(z.string(), z.unknown()).default({}) }),
    z.strictObject({ layers: z.array(LayerSpec).min(1) }),
    ModuleSpec,
  ],
  { error: explainUnion(["name", "layers", "module"], 'a "name", a list of "layers", or a "module"') },
);
export type ModelSpec = z.infer<typeof ModelSpec>;

export const EngineName = z.enum(["tensorflow-gpu", "tensorflow", "native", "wasm", "cpu"]);
export type EngineName = z.infer<typeof EngineName>;
export const EnginePreference = z.union([z.literal("auto"), EngineName]);
export type EnginePreference = z.infer<typeof EnginePreference>;

export const OptimizerSpec = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("sgd"),
    momentum: Fraction.default(0.9),
    nesterov: z.boolean().default(true),
    weightDecay: z.number().min(0).default(5e-4).describe("Decoupled; not applied to biases and batch norm"),
  }),
  z.strictObject({
    name: z.literal("adamw"),
    beta1: Fraction.default(0.9),
    beta2: Fraction.default(0.999),
    epsilon: z.number().positive().default(1e-8),
    weightDecay: z.number().min(0).default(0.01).describe("Decoupled; not applied to biases and batch norm"),
  }),
]);
export type OptimizerSpec = z.infer<typeof OptimizerSpec>;

/** Learning rate per step. `warmupFraction` and `pctStart` are fractions of all steps. */
export const ScheduleSpec = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("constant"), warmupFraction: Fraction.default(0) }),
  z.strictObject({
    name: z.literal("cosine"),
    warmupFraction: Fraction.default(0.05),
    finalFactor: z.number().min(0).max(1).default(0),
  }),
  z.strictObject({
    name: z.literal("one-cycle"),
    pctStart: z.number().gt(0).lt(1).default(0.3),
    divFactor: z.number().positive().default(25),
    finalDivFactor: z.number().positive().default(1e4),
    anneal: z.enum(["cos", "linear"]).default("cos"),
  }),
]);
export type ScheduleSpec = z.infer<typeof ScheduleSpec>;

const Monitor = z.strictObject({
  monitor: z.string().min(1).default("val_loss"),
  mode: z.enum(["min", "max"]).default("min"),
});

export const DataSpec = z.strictObject({
  source: z.string().min(1).describe("A name of the registry or a path"),
  root: z.string().optional().describe("Folder that already holds the named data set's files"),
  contentHash: z.string().optional().describe("Filled in when the run starts; a replay refuses other data"),
  validationFraction: z.number().min(0).lt(1).default(0.1),
  splitSeed: z.int().min(0).default(0),
  imageSize: z
    .tuple([PositiveInt, PositiveInt])
    .optional()
    .describe("[height, width]; needed where sizes differ"),
  limit: z
    .strictObject({
      train: PositiveInt.optional(),
      validation: PositiveInt.optional(),
      test: PositiveInt.optional(),
    })
    .default({}),
});
export type DataSpec = z.infer<typeof DataSpec>;

export const RunConfig = z.strictObject({
  formatVersion: z.literal(1).default(1),
  name: z.string().optional(),
  seed: z.int().min(0).max(0xffffffff).default(0),
  engine: EnginePreference.default("auto"),
  data: DataSpec,
  /** null: the data set's own defaults. */
  transforms: z
    .strictObject({ train: z.array(TransformSpec), evaluation: z.array(TransformSpec) })
    .nullable()
    .default(null),
  model: ModelSpec,
  loss: z
    .strictObject({ name: z.literal("cross-entropy"), labelSmoothing: Fraction.default(0) })
    .prefault({ name: "cross-entropy" }),
  optimizer: OptimizerSpec.prefault({ name: "sgd" }),
  learningRate: z.number().positive().default(0.05),
  schedule: ScheduleSpec.prefault({ name: "one-cycle" }),
  epochs: PositiveInt.default(10),
  batchSize: PositiveInt.default(128),
  checkpoint: Monitor.prefault({ monitor: "val_accuracy", mode: "max" }),
  earlyStopping: Monitor.extend({ patience: PositiveInt.default(5), minDelta: z.number().min(0).default(0) })
    .nullable()
    .default(null),
});
/** A parsed config: every default filled in. */
export type RunConfig = z.infer<typeof RunConfig>;
/** What a user writes: defaults may be left out. */
export type RunConfigInput = z.input<typeof RunConfig>;
