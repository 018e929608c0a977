/**
 * Cuts the middle out of a picture; torchvision's `CenterCrop`, but a picture smaller than the window is an error
 * and not padded, and of two middles it takes the upper left one.
 */
import { formatShape, ShapeError } from "./image-batch.js";
import { consecutive } from "./pixel-map.js";
import type { PixelMove } from "./pixel-move.js";

/** @param size [height, width] in pixels. */
export function centerCrop(size: readonly [number, number]): PixelMove {
  const [height, width] = size;
  return {
    outputShape(shape) {
      if (height > shape.height || width > shape.width) {
        throw new ShapeError(
          `Expected a CenterCrop no larger than images of shape ${formatShape(shape)}. ` +
            `Received: a size of ${height}×${width}. Put a Resize before it.`,
        );
      }
      return { ...shape, height, width };
    },
    map: (shape) => ({
      rows: consecutive(Math.floor((shape.height - height) / 2), height),
      columns: consecutive(Math.floor((shape.width - width) / 2), width),
    }),
  };
}
