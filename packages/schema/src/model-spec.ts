/** Which network is trained. */
import { z } from "zod";
import { ModuleSpec } from "./module-spec.js";
import { expandModel, withShortForms } from "./short-forms.js";
import { explainUnion } from "./union-error.js";

const PositiveInt = z.int().positive();
const Fraction = z.number().min(0).lt(1);
const Padding = z
  .enum(["same", "valid"])
  .describe("same: a border of zeros keeps the size at stride 1; valid: no border");
const PoolPadding = Padding.default("valid");
const Strides = PositiveInt.default(1).describe("Pixels between neighbouring outputs");
const UseBias = z.boolean().default(true).describe("Whether a learnt constant is added");
const LayerActivation = z
  .enum(["linear", "relu", "relu6", "elu", "sigmoid", "tanh", "softmax"])
  .default("linear")
  .describe("What is applied to the layer's output");
const KernelSize = PositiveInt.default(3).describe("Edge of the square kernel, in pixels");
const PoolSize = PositiveInt.default(2).describe("Edge of the square that becomes one value, in pixels");
const PoolStrides = PositiveInt.optional().describe(
  "Pixels between neighbouring outputs; poolSize if left out",
);

const Convolution = {
  kernelSize: KernelSize,
  strides: Strides,
  padding: Padding.default("same"),
  useBias: UseBias,
  activation: LayerActivation,
};

/** One layer of a network written as data. Keras's names. */
export const LayerSpec = z.discriminatedUnion("layer", [
  z.strictObject({
    layer: z.literal("conv").describe("Convolution"),
    filters: PositiveInt.describe("Channels of the output"),
    ...Convolution,
  }),
  z.strictObject({
    layer: z.literal("depthwiseConv").describe("Convolution of each channel by itself"),
    ...Convolution,
  }),
  z.strictObject({
    layer: z.literal("maxPool").describe("The largest value of each square"),
    poolSize: PoolSize,
    strides: PoolStrides,
    padding: PoolPadding,
  }),
  z.strictObject({
    layer: z.literal("avgPool").describe("The mean of each square"),
    poolSize: PoolSize,
    strides: PoolStrides,
    padding: PoolPadding,
  }),
  z.strictObject({ layer: z.literal("globalAvgPool").describe("The mean of each channel") }),
  z.strictObject({ layer: z.literal("globalMaxPool").describe("The largest value of each channel") }),
  z.strictObject({
    layer: z.literal("batchNorm").describe("Normalises each channel over the batch"),
    momentum: Fraction.default(0.9).describe("Share of the old moving average kept at each step"),
    epsilon: z.number().positive().default(1e-5).describe("Added to the variance"),
    scale: z.boolean().default(true).describe("Whether a learnt factor is applied"),
    center: z.boolean().default(true).describe("Whether a learnt constant is added"),
  }),
  z.strictObject({
    layer: z.literal("activation").describe("An activation as a layer of its own"),
    activation: z
      .enum(["relu", "relu6", "elu", "sigmoid", "tanh", "softmax"])
      .describe("What is applied to every value"),
  }),
  z.strictObject({
    layer: z.literal("dropout").describe("Sets random values to 0 while training"),
    rate: Fraction.describe("Fraction of the values that become 0"),
  }),
  z.strictObject({ layer: z.literal("flatten").describe("All values in one row") }),
  z.strictObject({
    layer: z.literal("dense").describe("Every output from every input"),
    units: PositiveInt.describe("Number of outputs"),
    useBias: UseBias,
    activation: LayerActivation,
  }),
]);
export type LayerSpec = z.infer<typeof LayerSpec>;

const NamedModelSpec = z.strictObject({
  name: z.string().min(1).describe("A network of the registry"),
  options: z.record(z.string(), z.unknown()).default({}).describe("The network's own, such as filters"),
  pretrained: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Path or http(s) URL of weights to start from, as timm (.safetensors) or torchvision (.pth) publish them; left out: " +
        "random ones",
    ),
  sha256: z
    .string()
    .optional()
    .describe("Of the file of pretrained weights, filled in when the run starts; a replay refuses another"),
});
const LayersSpec = z.strictObject({
  layers: z
    .array(LayerSpec)
    .min(1)
    .describe("From input to output; the dense layer that tells the classes apart is appended"),
});

const ClassifierSpec = z.strictObject({
  classifier: z
    .string()
    .min(1)
    .describe(
      "Folder or http(s) URL of a saved network (model.json and weights of a tfjs LayersModel) to go on from; its last " +
        "dense layer is replaced where it is for other classes",
    ),
  sha256: z
    .string()
    .optional()
    .describe("Of its files, filled in when the run starts; a replay refuses others"),
});

/**
 * A registry name, a list of layers (the classifying dense layer is appended), a module, or a saved network. A string is a name or a
 * module's path, an array the layers.
 */
export const ModelSpec = withShortForms<
  string | z.input<typeof LayerSpec>[],
  z.ZodUnion<[typeof NamedModelSpec, typeof LayersSpec, typeof ModuleSpec, typeof ClassifierSpec]>
>(
  z.union([NamedModelSpec, LayersSpec, ModuleSpec, ClassifierSpec], {
    error: explainUnion(
      ["name", "layers", "module", "classifier"],
      'a network\'s name, a path to a module, a list of layers, or an object with "name", "layers" or "module"',
    ),
  }),
  { expand: expandModel, forms: [{ type: "string" }, { type: "array", items: { type: "object" } }] },
);
export type ModelSpec = z.infer<typeof ModelSpec>;
