/** From a transform's entry in a config to the transform: torchvision's by torchvision's names. */
import type { BuiltinTransformSpec } from "@convkit/schema";
import { alternatingFlip } from "./alternating-flip.js";
import { centerCrop } from "./center-crop.js";
import { makeGrey } from "./color/adjust-color.js";
import { adjustSharpness } from "./color/adjust-sharpness.js";
import { autoContrast, equalize, invert, posterize, solarize } from "./color/adjust-tones.js";
import { colorJitter } from "./color/color-jitter.js";
import { randomBlur } from "./color/random-blur.js";
import { withProbability } from "./each-image.js";
import { randomAffine, randomRotation } from "./geometry/random-affine.js";
import { randomPerspective } from "./geometry/random-perspective.js";
import type { PixelMove } from "./pixel-move.js";
import { augMix } from "./policies/aug-mix.js";
import { autoAugment } from "./policies/auto-augment.js";
import { randAugment, trivialAugmentWide } from "./policies/rand-augment.js";
import { randomCrop } from "./random-crop.js";
import { randomErasing } from "./random-erasing.js";
import { randomHorizontalFlip, randomVerticalFlip } from "./random-flip.js";
import { randomResizedCrop } from "./random-resized-crop.js";
import type { Transform } from "./transform.js";

type Spec<Name extends BuiltinTransformSpec["name"]> = Extract<BuiltinTransformSpec, { name: Name }>;

/** Resize and Normalize are steps of the pipeline itself. */
type Made = Exclude<BuiltinTransformSpec["name"], "Resize" | "Normalize">;

const TRANSFORMS: { readonly [Name in Made]: (spec: Spec<Name>) => PixelMove | Transform } = {
  RandomCrop: randomCrop,
  CenterCrop: ({ size }) => centerCrop(size),
  RandomResizedCrop: randomResizedCrop,
  RandomHorizontalFlip: ({ p }) => randomHorizontalFlip(p),
  RandomVerticalFlip: ({ p }) => randomVerticalFlip(p),
  AlternatingFlip: alternatingFlip,
  RandomRotation: randomRotation,
  RandomAffine: randomAffine,
  RandomPerspective: randomPerspective,
  ColorJitter: colorJitter,
  RandomGrayscale: ({ p }) => withProbability(p, makeGrey),
  GaussianBlur: randomBlur,
  RandomPosterize: ({ p, bits }) => withProbability(p, (image) => posterize(image, bits)),
  RandomSolarize: ({ p, threshold }) => withProbability(p, (image) => solarize(image, threshold)),
  RandomEqualize: ({ p }) => withProbability(p, equalize),
  RandomAutocontrast: ({ p }) => withProbability(p, autoContrast),
  RandomAdjustSharpness: ({ p, sharpnessFactor }) =>
    withProbability(p, (image) => adjustSharpness(image, sharpnessFactor)),
  RandomInvert: ({ p }) => withProbability(p, invert),
  RandAugment: randAugment,
  TrivialAugmentWide: trivialAugmentWide,
  AutoAugment: autoAugment,
  AugMix: augMix,
  RandomErasing: randomErasing,
};

export function createBuiltinTransform(
  spec: Extract<BuiltinTransformSpec, { name: Made }>,
): PixelMove | Transform {
  return (TRANSFORMS[spec.name] as (spec: BuiltinTransformSpec) => PixelMove | Transform)(spec);
}
