import { describe, expect, it } from "vitest";
import { caseNames, pictureOf, torchvisionsOutput, type PictureName } from "../test/pictures.js";
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  makeGrey,
} from "./color/adjust-color.js";
import { adjustSharpness } from "./color/adjust-sharpness.js";
import { autoContrast, equalize, invert, posterize, solarize } from "./color/adjust-tones.js";
import { gaussianBlur } from "./color/blur.js";
import {
  affineProjection,
  perspectiveProjection,
  warp,
  type Corners,
  type Interpolation,
} from "./geometry/warp.js";
import type { Image } from "./image.js";
import { applyOperation, type OperationName } from "./policies/operations.js";
import { resizePart } from "./resize.js";

const BLACK = { interpolation: "nearest", fill: [0] } as const;
const FROM: Corners = [
  [0, 0],
  [22, 0],
  [22, 18],
  [0, 18],
];
const TO: Corners = [
  [3, 2],
  [17, 1],
  [20, 14],
  [4, 15],
];

/** Changes the picture in place, or gives another. */
type Change = (image: Image, argument: string) => Image | void;

const CHANGES: Readonly<Record<string, Change>> = {
  brightness: (image, factor) => adjustBrightness(image, Number(factor)),
  contrast: (image, factor) => adjustContrast(image, Number(factor)),
  saturation: (image, factor) => adjustSaturation(image, Number(factor)),
  hue: (image, factor) => adjustHue(image, Number(factor)),
  sharpness: (image, factor) => adjustSharpness(image, Number(factor)),
  grayscale: makeGrey,
  invert,
  posterize: (image, bits) => posterize(image, Number(bits)),
  solarize: (image, threshold) => solarize(image, Number(threshold)),
  autocontrast: autoContrast,
  equalize,
  blur: (image, argument) =>
    argument === "3 0.7" ? gaussianBlur(image, [3, 3], 0.7) : gaussianBlur(image, [7, 5], 1.9),
  rotate: (image, argument) =>
    warp(image, affineProjection({ angle: -33 }), { ...BLACK, interpolation: lastWord(argument) }),
  affine: (image, argument) =>
    argument.endsWith("filled")
      ? warp(image, affineProjection({ angle: 40, translate: [1, 2], scale: 0.7 }), {
          interpolation: "nearest",
          fill: [10, 20, 30],
        })
      : warp(image, affineProjection({ angle: -17, translate: [3, -2], scale: 1.3, shear: [11, -6] }), {
          ...BLACK,
          interpolation: lastWord(argument),
        }),
  perspective: (image, argument) =>
    warp(image, perspectiveProjection(image, { from: FROM, to: TO }), {
      ...BLACK,
      interpolation: lastWord(argument),
    }),
  op: (image, argument) => {
    const [name, magnitude] = argument.split(" ") as [OperationName, string];
    applyOperation(image, { name, magnitude: Number(magnitude) }, BLACK);
  },
  resized: (image, argument) => {
    const [height, width] = argument.endsWith("larger") ? [12, 14] : [8, 9];
    const target = { ...image, pixels: new Uint8Array(height * width * 3), height, width };
    const size = argument.endsWith("larger") ? { height: 7, width: 6 } : { height: 13, width: 17 };
    resizePart(image, { top: 3, left: 2, ...size }, target);
    return target;
  },
};

/** The share of values that may be one off, where torchvision's arithmetic is another since 0.14.1: it is ours too. */
const OTHERWISE_SINCE: Readonly<Record<string, number>> = {
  // It blended as r·x + (1 − r)·y, which makes 87 of two times 88.
  sharpness: 0.08,
  Sharpness: 0.08,
  // It multiplied by 255 / (most − least) instead of dividing.
  autocontrast: 0.02,
  AutoContrast: 0.02,
  // It made bytes of 255·x, and not of 255.999·x.
  hue: 0.35,
  // Halves were rounded to even.
  resized: 0.02,
};

const lastWord = (argument: string) => argument.split(" ").at(-1) as Interpolation;

describe.each<PictureName>(["noise", "soft"])("torchvision's own output for %s", (picture) => {
  it.each(caseNames)("%s", (name) => {
    const [what, ...rest] = name.split(/[ ,]+/);
    const image = pictureOf(picture);
    const changed = CHANGES[what!]!(image, rest.join(" ")) ?? image;
    const expected = torchvisionsOutput(picture, name);
    expect(changed.pixels).toHaveLength(expected.length);
    const off = Array.from(changed.pixels, (value, i) => Math.abs(value - expected[i]!));
    // A place on the border between two pixels may fall to either.
    if (!name.includes("nearest")) expect(Math.max(...off)).toBeLessThanOrEqual(1);
    const share = off.filter((difference) => difference > 0).length / off.length;
    expect(share).toBeLessThan(OTHERWISE_SINCE[what!] ?? OTHERWISE_SINCE[rest[0]!] ?? 0.005);
  });
});
