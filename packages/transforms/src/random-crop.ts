/**
 * Cuts a window at random out of the picture and a border around it; torchvision's `RandomCrop`. A black border is
 * the usual augmentation for CIFAR (He et al. 2015, §4.2, https://arxiv.org/abs/1512.03385), a mirrored one
 * airbench's (Jordan 2024, https://arxiv.org/abs/2404.00498).
 */
import { formatShape, ShapeError, type ImageBatchShape } from "./image-batch.js";
import { reflected } from "./pixel-map.js";
import type { PixelMove } from "./pixel-move.js";

export interface RandomCropOptions {
  /** [height, width] of the window in pixels. */
  readonly size: readonly [number, number];
  /** Width of the border on all four sides in pixels. */
  readonly padding: number;
  /** Black; mirrored without repeating the edge: … 2 1 | 0 1 2 …; or the edge repeated: … 0 0 | 0 1 2 …. */
  readonly paddingMode: "constant" | "reflect" | "edge";
}

/** Where the window's first pixel lies in the picture; negative inside the border. */
export interface CropPosition {
  readonly top: number;
  readonly left: number;
}

/** Every position at which the window lies inside the padded picture is alike. */
export function randomCrop(options: RandomCropOptions): Required<PixelMove<CropPosition>> {
  const { size, padding, paddingMode } = options;
  return {
    outputShape(shape) {
      checkFits(shape, options);
      return { ...shape, height: size[0], width: size[1] };
    },
    sample: (rng, { height, width }) => ({
      top: rng.int(height + 2 * padding - size[0] + 1) - padding,
      left: rng.int(width + 2 * padding - size[1] + 1) - padding,
    }),
    map: ({ height, width }, { top, left } = { top: 0, left: 0 }) => ({
      rows: windowIndices(top, size[0], { sourceLength: height, paddingMode }),
      columns: windowIndices(left, size[1], { sourceLength: width, paddingMode }),
    }),
  };
}

function windowIndices(
  start: number,
  length: number,
  { sourceLength, paddingMode }: { sourceLength: number; paddingMode: RandomCropOptions["paddingMode"] },
): Int32Array {
  const last = sourceLength - 1;
  const indices = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const at = start + i;
    if (at >= 0 && at <= last) indices[i] = at;
    else if (paddingMode === "constant") indices[i] = -1;
    else if (paddingMode === "edge") indices[i] = at < 0 ? 0 : last;
    else indices[i] = reflected(at, sourceLength);
  }
  return indices;
}

function checkFits(shape: ImageBatchShape, { size, padding, paddingMode }: RandomCropOptions): void {
  const { height, width } = shape;
  if (size[0] > height + 2 * padding || size[1] > width + 2 * padding) {
    throw new ShapeError(
      `Expected a RandomCrop no larger than images of shape ${formatShape(shape)} with a padding of ${padding}. ` +
        `Received: a size of ${size[0]}×${size[1]}. Make it smaller or the padding wider.`,
    );
  }
  if (paddingMode === "reflect" && padding >= Math.min(height, width)) {
    throw new ShapeError(
      `Expected a RandomCrop to reflect images of shape ${formatShape(shape)} by less than their shorter edge. ` +
        `Received: a padding of ${padding}. Make it smaller, or use paddingMode "constant".`,
    );
  }
}
