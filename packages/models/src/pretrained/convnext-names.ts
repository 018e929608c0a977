/** ConvNeXt. */
import { parseBlockLayer, unnamed } from "./block-layer.js";
import type { PublishedNames } from "./published-names.js";

export const CONVNEXT_NAMES: readonly PublishedNames[] = [
  {
    publisher: "timm",
    moduleOf: namesBy({
      outside: { "stem-conv": "stem.0", "stem-norm": "stem.1", "final-norm": "head.norm", logits: "head.fc" },
      downsample: (stage) => `stages.${stage}.downsample`,
      block: (stage, block) => `stages.${stage}.blocks.${block}`,
      parts: { depthwise: "conv_dw", norm: "norm", mlp1: "mlp.fc1", mlp2: "mlp.fc2" },
      scale: "gamma",
    }),
  },
  {
    publisher: "torchvision",
    moduleOf: namesBy({
      outside: {
        "stem-conv": "features.0.0",
        "stem-norm": "features.0.1",
        "final-norm": "classifier.0",
        logits: "classifier.2",
      },
      downsample: (stage) => `features.${2 * stage}`,
      block: (stage, block) => `features.${2 * stage + 1}.${block}`,
      parts: { depthwise: "block.0", norm: "block.2", mlp1: "block.3", mlp2: "block.5" },
      scale: "layer_scale",
    }),
  },
];

type Names = {
  outside: Readonly<Record<string, string>>;
  downsample: (stage: number) => string;
  block: (stage: number, block: number) => string;
  parts: Readonly<Record<string, string>>;
  scale: string;
};

function namesBy({ outside, downsample, block, parts, scale }: Names): PublishedNames["moduleOf"] {
  return (layer) => {
    const place = parseBlockLayer(layer);
    if (place?.part === "scale") return { weight: `${block(place.stage, place.block)}.${scale}` };
    const part = place && parts[place.part];
    if (part) return `${block(place.stage, place.block)}.${part}`;
    const match = /^stage(\d)-downsample-(norm|conv)$/.exec(layer);
    if (match) return `${downsample(Number(match[1]) - 1)}.${match[2] === "norm" ? 0 : 1}`;
    const name = outside[layer];
    if (name === undefined) throw unnamed(layer);
    return name;
  };
}
