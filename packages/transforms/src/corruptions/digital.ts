/** What cameras and files do: little contrast, elastic bending, coarse pixels, JPEG. */
import type { Rng } from "@convkit/random";
import { redrawn, scipyKernel, smooth } from "./filters.js";
import { throughJpeg } from "./jpeg.js";
import { corruption, plane, uniformBetween, type Picture } from "./picture.js";

/** (v − mean)·c + mean, of each channel. */
export const contrast = corruption(
  { cifar: [0.75, 0.5, 0.4, 0.3, 0.15], imagenet: [0.4, 0.3, 0.2, 0.1, 0.05] },
  ({ values, channels }, kept) => {
    const means = new Float64Array(channels);
    values.forEach((value, i) => (means[i % channels]! += value));
    const pixels = values.length / channels;
    return values.map((value, i) => {
      const mean = (means[i % channels] as number) / pixels;
      return (value - mean) * kept + mean;
    });
  },
);

export const jpegCompression = corruption(
  { cifar: [80, 65, 58, 50, 40], imagenet: [25, 18, 15, 10, 7] },
  throughJpeg,
);

/** Down to a part of the edges and up again, by Pillow's `BOX`. */
export const pixelate = corruption(
  { cifar: [0.95, 0.9, 0.85, 0.75, 0.65], imagenet: [0.6, 0.5, 0.4, 0.3, 0.25] },
  (picture, part) => {
    const { height, width } = picture;
    const size = [height, width].map((edge) => Math.max(1, Math.floor(edge * part))) as [number, number];
    return boxed(boxed(picture, size), [height, width]).values;
  },
);

/** Each pixel the mean of those whose middles lie within its box; whole numbers behind either edge, as in Pillow. */
function boxed({ values, height, width, channels }: Picture, [rows, columns]: [number, number]): Picture {
  const wide = new Float32Array(height * columns * channels);
  for (let x = 0; x < columns; x++) {
    const [start, end] = boxAt(x, width / columns, width);
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let from = start; from < end; from++) sum += values[(y * width + from) * channels + c]!;
        wide[(y * columns + x) * channels + c] = Math.floor(sum / (end - start) + 0.5);
      }
    }
  }
  const row = columns * channels;
  const small = new Float32Array(rows * row);
  for (let y = 0; y < rows; y++) {
    const [start, end] = boxAt(y, height / rows, height);
    for (let i = 0; i < row; i++) {
      let sum = 0;
      for (let from = start; from < end; from++) sum += wide[from * row + i]!;
      small[y * row + i] = Math.floor(sum / (end - start) + 0.5);
    }
  }
  return { values: small, height: rows, width: columns, channels };
}

/** Of at least one pixel. */
function boxAt(at: number, scale: number, length: number): [start: number, end: number] {
  const centre = (at + 0.5) * scale;
  const support = Math.max(scale, 1) / 2;
  const start = Math.max(0, Math.floor(centre - support + 0.5));
  return [start, Math.min(length, Math.max(start + 1, Math.floor(centre + support + 0.5)))];
}

/** In parts of the picture's shorter edge. */
interface Elastic {
  /** Of the bending. */
  readonly strength: number;
  readonly sigma: number;
  /** How far each of three points of an affine map may go, either way. */
  readonly affine: number;
}

const elastic = (strength: number, sigma: number, affine: number): Elastic => ({ strength, sigma, affine });

/** The published code counts on 244 pixels where there are 224. */
const SIDE = 244 / 224;

/**
 * A random affine map, then every pixel moved by smoothed noise (Simard et al. 2003). As published: its first severity has the
 * largest affine map, so that more severe is not always further from the picture.
 */
export const elasticTransform = corruption<Elastic>(
  {
    cifar: [
      elastic(0, 0, 0.08),
      elastic(0.05, 0.2, 0.07),
      elastic(0.08, 0.06, 0.06),
      elastic(0.1, 0.04, 0.05),
      elastic(0.1, 0.03, 0.03),
    ],
    imagenet: [
      elastic(2 * SIDE, 0.7 * SIDE, 0.1 * SIDE),
      elastic(2 * SIDE, 0.08 * SIDE, 0.2 * SIDE),
      elastic(0.05 * SIDE, 0.01 * SIDE, 0.02 * SIDE),
      elastic(0.07 * SIDE, 0.01 * SIDE, 0.02 * SIDE),
      elastic(0.12 * SIDE, 0.01 * SIDE, 0.02 * SIDE),
    ],
  },
  (picture, { strength, sigma, affine }, { rng }) => {
    const { height, width } = picture;
    const edge = Math.min(height, width);
    const source = drawAffine(picture, edge * affine, rng);
    const values = redrawn(picture, "mirror", source);
    if (strength === 0) return values;
    const [across, down] = [0, 1].map(() => {
      const noise = new Float32Array(height * width).map(() => uniformBetween(rng, -1, 1));
      return smooth(plane(noise, picture), scipyKernel(edge * sigma, 3), "reflect");
    }) as [Float32Array, Float32Array];
    return redrawn({ ...picture, values }, "reflect", (y, x) => {
      const at = y * width + x;
      return [y + edge * strength * down[at]!, x + edge * strength * across[at]!];
    });
  },
);

type Point = readonly [x: number, y: number];

/** Three points about the middle go elsewhere. @returns where a pixel comes from. */
function drawAffine(
  { height, width }: Picture,
  reach: number,
  rng: Rng,
): (y: number, x: number) => readonly [y: number, x: number] {
  const [x0, y0] = [Math.floor(width / 2), Math.floor(height / 2)];
  const square = Math.floor(Math.min(height, width) / 3);
  // Of pictures of two pixels the points would be one.
  if (square === 0) return (y, x) => [y, x];
  const from: readonly Point[] = [
    [x0 + square, y0 + square],
    [x0 + square, y0 - square],
    [x0 - square, y0 - square],
  ];
  const [a, b, c] = from.map(([x, y]): Point => [
    x + uniformBetween(rng, -reach, reach),
    y + uniformBetween(rng, -reach, reach),
  ]) as [Point, Point, Point];
  const [upX, upY] = [b[0] - a[0], b[1] - a[1]];
  const [backX, backY] = [c[0] - b[0], c[1] - b[1]];
  const determinant = upX * backY - upY * backX;
  return (y, x) => {
    // b + s·(b − a) + t·(c − b) comes from the same of the points where they were.
    const [dx, dy] = [x - b[0], y - b[1]];
    const s = (dx * backY - dy * backX) / determinant;
    const t = (upX * dy - upY * dx) / determinant;
    return [y0 - square - 2 * square * s, x0 + square - 2 * square * t];
  };
}
