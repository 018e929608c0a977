/** VGG with batch normalisation: both number its convolutions through, and differ in the dense layers. */
import { parseBlockLayer, unnamed } from "./block-layer.js";
import type { LayerNames, PublishedNames } from "./published-names.js";

/** Convolution, normalisation and ReLU. */
const MODULES_PER_CONV = 3;

export const VGG_NAMES: readonly PublishedNames[] = [
  {
    publisher: "timm",
    moduleOf: namesBy({ "hidden-1": "pre_logits.fc1", "hidden-2": "pre_logits.fc2", logits: "head.fc" }),
  },
  {
    publisher: "torchvision",
    moduleOf: namesBy({ "hidden-1": "classifier.0", "hidden-2": "classifier.3", logits: "classifier.6" }),
  },
];

function namesBy(dense: Readonly<Record<string, string>>): PublishedNames["moduleOf"] {
  return (layer, layers) => {
    const place = parseBlockLayer(layer);
    if (!place) {
      const name = dense[layer];
      if (name === undefined) throw unnamed(layer);
      return name;
    }
    const { stage, block, part } = place;
    const convsBefore = countConvs(layers, (other) => other < stage) + block;
    // A pooling stands between two stages.
    return `features.${MODULES_PER_CONV * convsBefore + stage + (part === "norm" ? 1 : 0)}`;
  };
}

function countConvs(layers: LayerNames, isOf: (stage: number) => boolean): number {
  return layers.filter((layer) => {
    const place = parseBlockLayer(layer);
    return place?.part === "conv" && isOf(place.stage);
  }).length;
}
