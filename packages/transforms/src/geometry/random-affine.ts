/** Turns, shifts, scales and shears by chance; torchvision's `RandomAffine` and `RandomRotation`. */
import { uniformIn } from "../each-image.js";
import type { Transform } from "../transform.js";
import { affineProjection, eachWarpedImage, warp, type AffineOptions, type WarpOptions } from "./warp.js";

type Range = readonly [low: number, high: number];

export interface RandomAffineOptions extends WarpOptions {
  /** A number x stands for −x to x. */
  readonly degrees: number | Range;
  /** [across, down], as parts of width and height: the furthest shift either way. */
  readonly translate?: readonly [number, number] | undefined;
  readonly scale?: Range | undefined;
  /** Degrees. A number x or a range: along x only; two ranges in a row: along x and y. */
  readonly shear?: number | Range | readonly [number, number, number, number] | undefined;
}

export function randomAffine(options: RandomAffineOptions): Transform<AffineOptions | null> {
  const { degrees, translate, scale, shear } = options;
  const angles = around(degrees);
  const shears = shearRanges(shear);
  return eachWarpedImage<AffineOptions>(options, {
    sample: (rng, { height, width }) => ({
      angle: uniformIn(rng, angles),
      ...(translate && {
        translate: [
          Math.round(uniformIn(rng, around(translate[0] * width))),
          Math.round(uniformIn(rng, around(translate[1] * height))),
        ] as const,
      }),
      ...(scale && { scale: uniformIn(rng, scale) }),
      ...(shears && { shear: [uniformIn(rng, shears[0]), uniformIn(rng, shears[1])] as const }),
    }),
    change: (image, drawn) => warp(image, affineProjection(drawn), options),
  });
}

export interface RandomRotationOptions extends WarpOptions {
  /** Counter-clockwise. A number x stands for −x to x. */
  readonly degrees: number | Range;
}

/** The picture keeps its size: corners are cut off. */
export function randomRotation(options: RandomRotationOptions): Transform<number | null> {
  const angles = around(options.degrees);
  return eachWarpedImage<number>(options, {
    sample: (rng) => uniformIn(rng, angles),
    change: (image, degrees) => warp(image, affineProjection({ angle: -degrees }), options),
  });
}

const around = (value: number | Range): Range => (typeof value === "number" ? [-value, value] : value);

function shearRanges(shear: RandomAffineOptions["shear"]): readonly [Range, Range] | undefined {
  if (shear === undefined) return undefined;
  if (typeof shear !== "number" && shear.length === 4) {
    return [
      [shear[0], shear[1]],
      [shear[2], shear[3]],
    ];
  }
  return [around(shear), [0, 0]];
}
