/** What `bench transforms` measures: a transform of ours, and what is called the same in torchvision. */
import { TransformSpec } from "@convkit/schema";

export interface TransformCase {
  /** As the table names it. */
  readonly label: string;
  /** Of the picture that it is done to. */
  readonly from: PictureSize;
  /** null: nothing but `end`. */
  readonly spec: TransformSpec | null;
  /** Bytes as they come out of the transform, or normalised float32. */
  readonly end: "bytes" | "float32";
  readonly torchvision: {
    readonly name: string | null;
    /** `interpolation` and `policy` by their values. */
    readonly arguments: Readonly<Record<string, unknown>>;
    /** Whether it takes pictures of PIL. */
    readonly takesPil: boolean;
  };
}

/** [height, width] in pixels. */
export type PictureSize = readonly [number, number];

export const SMALL: PictureSize = [224, 224];
export const LARGE: PictureSize = [375, 500];

const AFFINE = { degrees: 30, translate: [0.1, 0.1], scale: [0.8, 1.2], shear: 10 };
/** Of ImageNet; what `end: "float32"` normalises by. */
export const STATISTICS = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Crops and flips, which only move pixels. */
const MOVES: readonly TransformCase[] = [
  changed("CenterCrop 500×375 → 224×224", "CenterCrop", { size: SMALL }, { from: LARGE }),
  ...(["constant", "reflect", "edge"] as const).map((paddingMode) =>
    changed(`RandomCrop, ${paddingMode} padding of 28`, "RandomCrop", {
      size: SMALL,
      padding: 28,
      paddingMode,
    }),
  ),
  changed("RandomHorizontalFlip", "RandomHorizontalFlip", { p: 1 }),
  changed("RandomVerticalFlip", "RandomVerticalFlip", { p: 1 }),
];

/** Whatever happens by chance happens to every picture, with parameters drawn anew. */
export const TRANSFORM_CASES: readonly TransformCase[] = [
  changed("Resize 500×375 → 224×224", "Resize", { size: SMALL }, { from: LARGE, peer: { antialias: true } }),
  changed(
    "RandomResizedCrop 500×375 → 224×224",
    "RandomResizedCrop",
    { size: SMALL },
    { from: LARGE, peer: { antialias: true } },
  ),
  ...MOVES,
  ...MOVES.map((move): TransformCase => ({
    ...move,
    label: `${move.label}, and Normalize`,
    end: "float32",
  })),
  {
    label: "Normalize",
    from: SMALL,
    spec: null,
    end: "float32",
    torchvision: { name: null, arguments: {}, takesPil: true },
  },
  ...(["nearest", "bilinear"] as const).flatMap((interpolation) => [
    changed(`RandomRotation ±30°, ${interpolation}`, "RandomRotation", { degrees: 30, interpolation }),
    changed(`RandomAffine, ${interpolation}`, "RandomAffine", { ...AFFINE, interpolation }),
    changed(`RandomPerspective, ${interpolation}`, "RandomPerspective", { p: 1, interpolation }),
  ]),
  changed("ColorJitter, brightness", "ColorJitter", { brightness: 0.4 }),
  changed("ColorJitter, contrast", "ColorJitter", { contrast: 0.4 }),
  changed("ColorJitter, saturation", "ColorJitter", { saturation: 0.4 }),
  changed("ColorJitter, hue", "ColorJitter", { hue: 0.1 }),
  changed("ColorJitter, all four", "ColorJitter", {
    brightness: 0.4,
    contrast: 0.4,
    saturation: 0.4,
    hue: 0.1,
  }),
  changed("RandomGrayscale", "RandomGrayscale", { p: 1 }),
  changed("GaussianBlur 5×5", "GaussianBlur", { kernelSize: 5 }),
  changed("GaussianBlur 23×23", "GaussianBlur", { kernelSize: 23 }),
  changed("RandomPosterize", "RandomPosterize", { p: 1, bits: 4 }),
  changed("RandomSolarize", "RandomSolarize", { p: 1, threshold: 0.5 }, { peer: { threshold: 128 } }),
  changed("RandomEqualize", "RandomEqualize", { p: 1 }),
  changed("RandomAutocontrast", "RandomAutocontrast", { p: 1 }),
  changed("RandomAdjustSharpness", "RandomAdjustSharpness", { p: 1, sharpnessFactor: 2 }),
  changed("RandomInvert", "RandomInvert", { p: 1 }),
  changed("RandAugment", "RandAugment", {}),
  changed("TrivialAugmentWide", "TrivialAugmentWide", {}),
  ...(["imagenet", "cifar10", "svhn"] as const).map((policy) =>
    changed(`AutoAugment, ${policy}`, "AutoAugment", { policy }),
  ),
  changed("AugMix", "AugMix", { interpolation: "bilinear" }),
  changed("RandomErasing", "RandomErasing", { p: 1 }, { takesPil: false }),
];

/** @param options as ours are called; torchvision's are the same in its spelling, and `peer` on top. */
function changed(
  label: string,
  name: string,
  options: Readonly<Record<string, unknown>>,
  {
    from = SMALL,
    peer = {},
    takesPil = true,
  }: { from?: PictureSize; peer?: Readonly<Record<string, unknown>>; takesPil?: boolean } = {},
): TransformCase {
  const theirs = Object.entries(options).map(([key, value]) => [
    key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
    value,
  ]);
  return {
    label,
    from,
    spec: TransformSpec.parse({ name, ...options }),
    end: "bytes",
    torchvision: { name, arguments: { ...Object.fromEntries(theirs), ...peer }, takesPil },
  };
}
