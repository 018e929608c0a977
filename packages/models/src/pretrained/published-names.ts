/** Under which names timm and torchvision publish the weights of the registry's networks. */
import type { ModelName } from "../names.js";
import { CONVNEXT_NAMES } from "./convnext-names.js";
import { EFFICIENTNET_NAMES, MOBILENET_V2_NAMES, MOBILENET_V3_NAMES } from "./mobile-names.js";
import { RESNET_NAMES } from "./resnet-names.js";
import { SQUEEZENET_NAMES } from "./squeezenet-names.js";
import { VGG_NAMES } from "./vgg-names.js";

/** The names of a network's layers that have weights, in their order. */
export type LayerNames = readonly string[];

export type PublishedNames = {
  /** Who publishes under these names. */
  readonly publisher: "timm" | "torchvision" | "timm and torchvision";
  /**
   * The module behind one of our layers, such as `layer1.0.conv1`, whose weights are `weight`, `bias`, `running_mean`
   * and `running_var`; or the weight itself where it belongs to no module.
   */
  readonly moduleOf: (layer: string, layers: LayerNames) => string | { weight: string };
  /** Of batch normalisation, where it is another than our network's. */
  readonly epsilon?: number;
};

export const PUBLISHED_NAMES: Readonly<Partial<Record<ModelName, readonly PublishedNames[]>>> = {
  resnet18: RESNET_NAMES,
  resnet34: RESNET_NAMES,
  resnet50: RESNET_NAMES,
  "mobilenet-v2": MOBILENET_V2_NAMES,
  "mobilenet-v3-small": MOBILENET_V3_NAMES,
  "efficientnet-b0": EFFICIENTNET_NAMES,
  "convnext-atto": CONVNEXT_NAMES,
  "convnext-tiny": CONVNEXT_NAMES,
  "vgg11-bn": VGG_NAMES,
  "vgg16-bn": VGG_NAMES,
  squeezenet: SQUEEZENET_NAMES,
};
