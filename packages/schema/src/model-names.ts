/**
 * The registry's networks by name, each with one line for a list: what a config's `model.name` may say. Builders are
 * @convkit/models'. An entry of its own, `@convkit/schema/model-names`, so that a command line lists them without tfjs
 * and a page without zod.
 */
export const MODEL_SUMMARIES = {
  lenet5: "the first of them: two convolutions and three dense layers with tanh, for digits",
  "simple-cnn": "stages of two 3×3 convolutions and max-pooling, then dropout and dense layers",
  "vgg11-bn": "8 plain convolutions with batch norm, then three dense layers that hold most weights",
  "vgg16-bn": "13 plain convolutions with batch norm, then three dense layers that hold most weights",
  resnet20: "20 layers with residual connections, for small pictures",
  resnet32: "32 layers with residual connections, for small pictures",
  resnet56: "56 layers with residual connections, for small pictures",
  resnet18: "18 layers with residual connections, for photographs",
  resnet34: "34 layers with residual connections, for photographs",
  resnet50: "50 layers with residual connections, for photographs",
  resnet9: "9 wide layers, two with a residual, made to train fast",
  airbench94: "whitening, then three groups of two convolutions with GELU, made to train fastest",
  airbench96: "a wider airbench94 with three convolutions in a group, two of them with a residual",
  "wide-resnet-16-4": "16 layers with residual connections, 4 times as wide, for small pictures",
  "wide-resnet-28-10": "28 layers with residual connections, 10 times as wide, for small pictures",
  "densenet-bc-100-12": "100 thin layers, each reading all before it in its block, for small pictures",
  squeezenet: "version 1.1: squeezing and expanding convolutions, made to have few weights",
  "mobilenet-v2": "depthwise convolutions in inverted residual blocks, made to compute little",
  "mobilenet-v3-small": "a mobile network found by search, with squeeze-and-excitation and hard swish",
  "efficientnet-b0":
    "a mobile network found by search, with squeeze-and-excitation and swish, the smallest of its family",
  "convnext-atto": "the smallest ConvNeXt: 7×7 depthwise convolutions, layer norm and GELU",
  "convnext-tiny": "7×7 depthwise convolutions, layer norm and GELU, as large as resnet50 and better",
} as const;

export type ModelName = keyof typeof MODEL_SUMMARIES;

export const MODEL_NAMES = Object.keys(MODEL_SUMMARIES) as ModelName[];
