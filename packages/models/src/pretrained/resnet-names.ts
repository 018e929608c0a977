/** ResNet, which timm and torchvision (timm's `tv_` files, too) publish under the same names. */
import { parseBlockLayer, unnamed } from "./block-layer.js";
import type { PublishedNames } from "./published-names.js";

const OUTSIDE_BLOCKS: Readonly<Record<string, string>> = {
  "stem-conv1": "conv1",
  "stem-norm1": "bn1",
  logits: "fc",
};

export const RESNET_NAMES: readonly PublishedNames[] = [{ publisher: "timm and torchvision", moduleOf }];

function moduleOf(layer: string): string {
  const place = parseBlockLayer(layer);
  if (!place) {
    const name = OUTSIDE_BLOCKS[layer];
    if (name === undefined) throw unnamed(layer);
    return name;
  }
  const block = `layer${place.stage + 1}.${place.block}`;
  if (place.part === "shortcut-conv") return `${block}.downsample.0`;
  if (place.part === "shortcut-norm") return `${block}.downsample.1`;
  return `${block}.${place.part.replace("norm", "bn")}`;
}
