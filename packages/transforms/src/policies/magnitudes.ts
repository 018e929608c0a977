/**
 * How strong each operation of a policy can be: the augmentation spaces of torchvision
 * (https://github.com/pytorch/vision/blob/main/torchvision/transforms/v2/_auto_augment.py).
 */
import type { Rng } from "@convkit/random";
import { roundHalfToEven } from "../geometry/warp.js";
import type { DrawnOperation, OperationName } from "./operations.js";

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

interface Magnitude {
  /** @param part of the way from weakest to strongest, 0…1. */
  at(part: number, size: ImageSize): number;
  /** Either sign is as likely. */
  readonly isSigned: boolean;
}

/** null: the operation has no strength. */
export type MagnitudeSpace = ReadonlyMap<OperationName, Magnitude | null>;

export interface SpaceLimits {
  /** Rise per pixel. */
  readonly shear: number;
  /** Furthest shift in pixels along an edge of so many. */
  translate(length: number): number;
  /** Degrees. */
  readonly rotate: number;
  /** Change of brightness, colour, contrast and sharpness, of 1; null: not among the operations. */
  readonly enhance: number | null;
  /** Bits kept by the weakest and by the strongest. */
  readonly posterize: readonly [weakest: number, strongest: number];
}

const ENHANCEMENTS = ["Brightness", "Color", "Contrast", "Sharpness"] as const;

const signed = (most: number): Magnitude => ({ at: (part) => part * most, isSigned: true });

/** All of AutoAugment's operations but Invert and Identity, in torchvision's order. */
export function magnitudeSpace({
  shear,
  translate,
  rotate,
  enhance,
  posterize,
}: SpaceLimits): MagnitudeSpace {
  const [weakest, strongest] = posterize;
  return new Map<OperationName, Magnitude | null>([
    ["ShearX", signed(shear)],
    ["ShearY", signed(shear)],
    ["TranslateX", { at: (part, { width }) => part * translate(width), isSigned: true }],
    ["TranslateY", { at: (part, { height }) => part * translate(height), isSigned: true }],
    ["Rotate", signed(rotate)],
    ...(enhance === null
      ? []
      : ENHANCEMENTS.map((name): [OperationName, Magnitude] => [name, signed(enhance)])),
    ["Posterize", { at: (part) => roundHalfToEven(weakest - (weakest - strongest) * part), isSigned: false }],
    ["Solarize", { at: (part) => 1 - part, isSigned: false }],
    ["AutoContrast", null],
    ["Equalize", null],
  ]);
}

/** As its paper has it, and RandAugment's: shifts of up to 150 of its pictures' 331 pixels. */
export const AUTO_AUGMENT_SPACE = magnitudeSpace({
  shear: 0.3,
  translate: (length) => (150 / 331) * length,
  rotate: 30,
  enhance: 0.9,
  posterize: [8, 4],
});

/** @param name must be in the space. */
export function drawMagnitude(
  rng: Rng,
  space: MagnitudeSpace,
  { name, part, size }: { name: OperationName; part: number; size: ImageSize },
): DrawnOperation {
  const magnitude = space.get(name);
  if (!magnitude) return { name, magnitude: 0 };
  const drawn = magnitude.at(part, size);
  return { name, magnitude: magnitude.isSigned && rng.bernoulli(0.5) ? -drawn : drawn };
}

/** One operation of the space, each as likely. */
export function drawName(rng: Rng, space: MagnitudeSpace): OperationName {
  return [...space.keys()][rng.int(space.size)] as OperationName;
}
