/**
 * The operations that the automatic policies choose from, under AutoAugment's names (Cubuk et al. 2019, table 6,
 * https://arxiv.org/abs/1805.09501), each as torchvision makes it of a magnitude
 * (https://github.com/pytorch/vision/blob/main/torchvision/transforms/v2/_auto_augment.py).
 */
import { adjustBrightness, adjustContrast, adjustSaturation } from "../color/adjust-color.js";
import { adjustSharpness } from "../color/adjust-sharpness.js";
import { autoContrast, equalize, invert, posterize, solarize } from "../color/adjust-tones.js";
import { affineProjection, warp, type AffineOptions, type WarpOptions } from "../geometry/warp.js";
import type { Image } from "../image.js";

/** `magnitude` is what the operation understands: a slope, pixels, degrees, a factor less 1, bits, a part of white. */
type Operation = (image: Image, magnitude: number, options: WarpOptions) => void;

const affine =
  (optionsOf: (magnitude: number, image: Image) => AffineOptions): Operation =>
  (image, magnitude, options) =>
    warp(image, affineProjection(optionsOf(magnitude, image)), options);

/** Shearing leaves the upper left corner where it is. */
const corner = ({ height, width }: Image): readonly [number, number] => [-width / 2, -height / 2];
const slopeDegrees = (slope: number) => (Math.atan(slope) * 180) / Math.PI;

const OPERATIONS = {
  Identity: () => undefined,
  ShearX: affine((slope, image) => ({ shear: [slopeDegrees(slope), 0], center: corner(image) })),
  ShearY: affine((slope, image) => ({ shear: [0, slopeDegrees(slope)], center: corner(image) })),
  TranslateX: affine((pixels) => ({ translate: [Math.trunc(pixels), 0] })),
  TranslateY: affine((pixels) => ({ translate: [0, Math.trunc(pixels)] })),
  Rotate: affine((degrees) => ({ angle: -degrees })),
  Brightness: (image, change) => adjustBrightness(image, 1 + change),
  Color: (image, change) => adjustSaturation(image, 1 + change),
  Contrast: (image, change) => adjustContrast(image, 1 + change),
  Sharpness: (image, change) => adjustSharpness(image, 1 + change),
  Posterize: posterize,
  Solarize: solarize,
  AutoContrast: autoContrast,
  Equalize: equalize,
  Invert: invert,
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

/** An operation whose magnitude is drawn. */
export interface DrawnOperation {
  readonly name: OperationName;
  /** 0 of those that have none. */
  readonly magnitude: number;
}

/** One after the other. */
export function applyOperations(
  image: Image,
  operations: readonly DrawnOperation[],
  options: WarpOptions,
): void {
  for (const operation of operations) applyOperation(image, operation, options);
}

export function applyOperation(
  image: Image,
  { name, magnitude }: DrawnOperation,
  options: WarpOptions,
): void {
  OPERATIONS[name](image, magnitude, options);
}
