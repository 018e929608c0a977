/** MobileNetV2, MobileNetV3-Small and EfficientNet-B0, whose blocks are one and the same. */
import { parseBlockLayer, unnamed, type BlockLayer } from "./block-layer.js";
import type { LayerNames, PublishedNames } from "./published-names.js";

/** What a block is made of, in its order. */
const PARTS = ["expand", "depthwise", "se", "project"] as const;
type Part = (typeof PARTS)[number];

export const MOBILENET_V2_NAMES: readonly PublishedNames[] = [
  timm({ "final-conv": "conv_head", "final-norm": "bn2" }),
  torchvision({
    outside: { "final-conv": "features.18.0", "final-norm": "features.18.1", logits: "classifier.1" },
    block: ({ running }) => `features.${running + 1}.conv`,
    conv: ({ index, isLast }) => (isLast ? `${index}` : `${index}.0`),
    norm: ({ index, isLast }) => (isLast ? `${index + 1}` : `${index}.1`),
  }),
];

export const MOBILENET_V3_NAMES: readonly PublishedNames[] = [
  timm({ "final-conv": "blocks.5.0.conv", "final-norm": "blocks.5.0.bn1", "hidden-dense": "conv_head" }),
  {
    ...torchvision({
      outside: {
        "final-conv": "features.12.0",
        "final-norm": "features.12.1",
        "hidden-dense": "classifier.0",
        logits: "classifier.3",
      },
      block: ({ running }) => `features.${running + 1}.block`,
    }),
    // The paper's, where ours has PyTorch's.
    epsilon: 1e-3,
  },
];

export const EFFICIENTNET_NAMES: readonly PublishedNames[] = [
  timm({ "final-conv": "conv_head", "final-norm": "bn2" }),
  torchvision({
    outside: { "final-conv": "features.8.0", "final-norm": "features.8.1", logits: "classifier.1" },
    block: ({ stage, block }) => `features.${stage + 1}.${block}.block`,
  }),
];

function timm(outside: Readonly<Record<string, string>>): PublishedNames {
  const names = { "stem-conv": "conv_stem", "stem-norm": "bn1", logits: "classifier", ...outside };
  return {
    publisher: "timm",
    moduleOf(layer, layers) {
      const place = parseBlockLayer(layer);
      if (!place) return nameOf(layer, names);
      const [part, kind] = splitPart(place.part);
      const parts = partsOf(layer, layers);
      const block = `blocks.${place.stage}.${place.block}`;
      if (part === "se") return `${block}.se.conv_${kind}`;
      const index = parts.filter((other) => other !== "se").indexOf(part);
      if (kind === "norm") return `${block}.bn${index + 1}`;
      if (part === "depthwise") return `${block}.conv_dw`;
      // A block that does not widen calls the convolution that ends it by the widening one's name.
      return part === "project" && parts.includes("expand") ? `${block}.conv_pwl` : `${block}.conv_pw`;
    },
  };
}

type TorchvisionNames = {
  outside: Readonly<Record<string, string>>;
  /** @param place `running` counts blocks over all stages. */
  block: (place: BlockLayer & { running: number }) => string;
  conv?: (part: { index: number; isLast: boolean }) => string;
  norm?: (part: { index: number; isLast: boolean }) => string;
};

/** Parts are numbered within their block; a convolution and its normalisation are 0 and 1 of theirs. */
function torchvision({
  outside,
  block,
  conv = ({ index }) => `${index}.0`,
  norm = ({ index }) => `${index}.1`,
}: TorchvisionNames): PublishedNames {
  const names = { "stem-conv": "features.0.0", "stem-norm": "features.0.1", ...outside };
  return {
    publisher: "torchvision",
    moduleOf(layer, layers) {
      const place = parseBlockLayer(layer);
      if (!place) return nameOf(layer, names);
      const [part, kind] = splitPart(place.part);
      const parts = partsOf(layer, layers);
      const index = parts.indexOf(part);
      const path = block({ ...place, running: blocksOf(layers).indexOf(blockOf(layer)) });
      if (part === "se") return `${path}.${index}.${kind === "reduce" ? "fc1" : "fc2"}`;
      const own = { index, isLast: index === parts.length - 1 };
      return `${path}.${(kind === "conv" ? conv : norm)(own)}`;
    },
  };
}

function nameOf(layer: string, names: Readonly<Record<string, string>>): string {
  const name = names[layer];
  if (name === undefined) throw unnamed(layer);
  return name;
}

/** `depthwise-norm` → depthwise and norm. */
function splitPart(part: string): [Part, string] {
  return part.split("-", 2) as [Part, string];
}

/** `stage1-block1` */
function blockOf(layer: string): string {
  return layer.split("-", 2).join("-");
}

function blocksOf(layers: LayerNames): string[] {
  return [...new Set(layers.filter((layer) => parseBlockLayer(layer)).map(blockOf))];
}

/** Which of the four the layer's block has. */
function partsOf(layer: string, layers: LayerNames): Part[] {
  const block = blockOf(layer);
  return PARTS.filter((part) => layers.some((other) => other.startsWith(`${block}-${part}-`)));
}
