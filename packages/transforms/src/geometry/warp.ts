/**
 * Pictures drawn anew from other places of themselves: affine and perspective maps, in place. As torchvision's `affine`,
 * `rotate` and `perspective` of tensors do it (https://github.com/pytorch/vision/blob/main/torchvision/transforms/v2/functional/_geometry.py):
 * places are measured from the picture's middle, and a pixel's place is its centre. Deviates in bilinear drawing at the
 * picture's edge with another fill than black: picture and fill blend there, where torchvision darkens the picture first.
 */
import { eachImage, type ImageChange } from "../each-image.js";
import { brightestOf, type Image } from "../image.js";
import { perChannel } from "../image-batch.js";
import { warpBytes } from "../kernels/simd-warp.js";
import type { Transform } from "../transform.js";

export type Interpolation = "nearest" | "bilinear";

export interface WarpOptions {
  readonly interpolation: Interpolation;
  /** What is seen beyond the picture's edge, one number or one per channel, 0…255 of white. */
  readonly fill: readonly number[];
}

/**
 * Where a pixel comes from: (x, y) from the middle is taken from ((a·x + b·y + c) / w, (d·x + e·y + f) / w) with
 * w = g·x + h·y + 1.
 */
export interface Projection {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
  /** 0 of affine maps. */
  readonly g: number;
  readonly h: number;
}

export interface AffineOptions {
  /** Degrees, clockwise as a picture is seen. */
  readonly angle?: number;
  /** [right, down] in pixels. */
  readonly translate?: readonly [number, number];
  readonly scale?: number;
  /** Degrees along x and y. */
  readonly shear?: readonly [number, number];
  /** What stays where it is, [x, y] from the middle. */
  readonly center?: readonly [number, number];
}

/**
 * Rotation · shear · scale about the centre, then the translation; torchvision's `_get_inverse_affine_matrix`, with its
 * order of shears.
 */
export function affineProjection(options: AffineOptions): Projection {
  const { angle = 0, translate = [0, 0], scale = 1, shear = [0, 0], center = [0, 0] } = options;
  const [turn, shearX, shearY] = [radians(angle), radians(shear[0]), radians(shear[1])];
  const a = Math.cos(turn - shearY) / Math.cos(shearY);
  const b = -a * Math.tan(shearX) - Math.sin(turn);
  const c = Math.sin(turn - shearY) / Math.cos(shearY);
  const d = -c * Math.tan(shearX) + Math.cos(turn);
  // Its determinant is 1, but for the scale.
  const [m0, m1, m3, m4] = [d / scale, -b / scale, -c / scale, a / scale];
  const [left, up] = [-center[0] - translate[0], -center[1] - translate[1]];
  return {
    a: m0,
    b: m1,
    c: m0 * left + m1 * up + center[0],
    d: m3,
    e: m4,
    f: m3 * left + m4 * up + center[1],
    g: 0,
    h: 0,
  };
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;

export type Corners = readonly [Point, Point, Point, Point];
type Point = readonly [x: number, y: number];

/**
 * The projection that brings four corners (in pixels from the picture's upper left) to four others.
 * @param from where they are, clockwise from the upper left.
 * @param to where they go.
 */
export function perspectiveProjection(
  { height, width }: Pick<Image, "height" | "width">,
  { from, to }: { from: Corners; to: Corners },
): Projection {
  const centred = (corners: Corners) => corners.map(([x, y]): Point => [x - width / 2, y - height / 2]);
  const target = centred(to);
  const rows = centred(from).flatMap(([x, y], i) => {
    const [u, v] = target[i] as Point;
    return [
      [u, v, 1, 0, 0, 0, -x * u, -x * v, x],
      [0, 0, 0, u, v, 1, -y * u, -y * v, y],
    ];
  });
  const [a, b, c, d, e, f, g, h] = solve(rows) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { a, b, c, d, e, f, g, h };
}

/** Gauss–Jordan elimination with the largest pivot. @param rows of a square system, each with its right side last. */
function solve(rows: number[][]): number[] {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const [chosen, divisor] = [rows[column]!, rows[column]![column]!];
    for (let k = column; k <= size; k++) chosen[k]! /= divisor;
    for (const [index, row] of rows.entries()) {
      if (index === column) continue;
      const factor = row[column]!;
      for (let k = column; k <= size; k++) row[k]! -= factor * chosen[k]!;
    }
  }
  return rows.map((row) => row[size]!);
}

/** Changes that draw pictures anew: their fill is checked before any. */
export const eachWarpedImage = <Parameters>(
  { fill }: WarpOptions,
  change: Omit<ImageChange<Parameters>, "check">,
): Transform<Parameters | null> =>
  eachImage({ ...change, check: ({ channels }) => void perChannel(fill, channels, "`fill`") });

export function warp(image: Image, projection: Projection, { interpolation, fill }: WarpOptions): void {
  const { pixels, height, width, channels } = image;
  const { a, b, c, d, e, f, g, h } = projection;
  const unit = brightestOf(pixels) / 255;
  const background = perChannel(fill, channels, "`fill`").map((value) => unit * value);
  if (warpBytes(image, projection, { isNearest: interpolation === "nearest", background })) return;
  const source = pixels.slice();
  const draw = interpolation === "nearest" ? drawNearest : drawBilinear;
  const places = new Float64Array(2 * width);
  for (let row = 0; row < height; row++) {
    const y = row + 0.5 - height / 2;
    for (let column = 0; column < width; column++) {
      const x = column + 0.5 - width / 2;
      const w = g * x + h * y + 1;
      // Behind whoever looks there is nothing.
      places[2 * column] = w > 0 ? (a * x + b * y + c) / w + width / 2 - 0.5 : NaN;
      places[2 * column + 1] = (d * x + e * y + f) / w + height / 2 - 0.5;
    }
    draw({ ...image, pixels: source }, pixels, { row, places, background });
  }
}

interface DrawnRow {
  readonly row: number;
  /** (x, y) of the source for each of the row's pixels; x is NaN where there is nothing. */
  readonly places: Float64Array;
  readonly background: readonly number[];
}

function drawNearest(
  { pixels: source, height, width, channels }: Image,
  target: Image["pixels"],
  { row, places, background }: DrawnRow,
): void {
  let at = row * width * channels;
  for (let i = 0; i < 2 * width; i += 2, at += channels) {
    const x = roundHalfToEven(places[i] as number);
    const y = roundHalfToEven(places[i + 1] as number);
    if (x >= 0 && x < width && y >= 0 && y < height) {
      const from = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        target[at + channel] = source[from + channel] as number;
      }
    } else {
      for (let channel = 0; channel < channels; channel++) {
        target[at + channel] = background[channel] as number;
      }
    }
  }
}

function drawBilinear(
  { pixels: source, height, width, channels }: Image,
  target: Image["pixels"],
  { row, places, background }: DrawnRow,
): void {
  const rowValues = width * channels;
  const rounding = target instanceof Uint8Array ? 0.5 : 0;
  // What lies beyond the edge is background.
  const seen = (x: number, y: number, channel: number): number =>
    (x >= 0 && x < width && y >= 0 && y < height
      ? source[y * rowValues + x * channels + channel]
      : background[channel]) as number;
  let at = row * rowValues;
  for (let i = 0; i < 2 * width; i += 2, at += channels) {
    const x = places[i] as number;
    const y = places[i + 1] as number;
    const left = Math.floor(x);
    const top = Math.floor(y);
    const right = x - left;
    const below = y - top;
    if (left >= 0 && left < width - 1 && top >= 0 && top < height - 1) {
      for (let channel = 0; channel < channels; channel++) {
        const from = top * rowValues + left * channels + channel;
        const first = source[from] as number;
        const third = source[from + rowValues] as number;
        const upper = first + right * ((source[from + channels] as number) - first);
        const lower = third + right * ((source[from + rowValues + channels] as number) - third);
        target[at + channel] = upper + below * (lower - upper) + rounding;
      }
    } else if (Number.isNaN(x)) {
      for (let channel = 0; channel < channels; channel++)
        target[at + channel] = background[channel] as number;
    } else {
      for (let channel = 0; channel < channels; channel++) {
        const first = seen(left, top, channel);
        const third = seen(left, top + 1, channel);
        const upper = first + right * (seen(left + 1, top, channel) - first);
        const lower = third + right * (seen(left + 1, top + 1, channel) - third);
        target[at + channel] = upper + below * (lower - upper) + rounding;
      }
    }
  }
}

/** 1.5 · 2^52: next to it float64 has no fractions, and rounds them as `nearbyint` does. */
const NO_FRACTIONS = 6755399441055744;

/** As `nearbyint` of C, which the peers use. @param value of a magnitude below 2^51. */
export function roundHalfToEven(value: number): number {
  return value + NO_FRACTIONS - NO_FRACTIONS;
}
