/** SqueezeNet 1.1, which torchvision publishes and timm does not. */
import { parseBlockLayer, unnamed } from "./block-layer.js";
import type { PublishedNames } from "./published-names.js";

/** Places of the stages' first fire modules among torchvision's modules; poolings lie between the stages. */
const FIRST_OF_STAGE = [3, 6, 9];
const PARTS: Readonly<Record<string, string>> = {
  squeeze: "squeeze",
  expand1: "expand1x1",
  expand3: "expand3x3",
};

export const SQUEEZENET_NAMES: readonly PublishedNames[] = [{ publisher: "torchvision", moduleOf }];

function moduleOf(layer: string): string {
  if (layer === "stem-conv") return "features.0";
  if (layer === "classifier") return "classifier.1";
  const place = parseBlockLayer(layer);
  if (!place) throw unnamed(layer);
  return `features.${FIRST_OF_STAGE[place.stage]! + place.block}.${PARTS[place.part]}`;
}
