/** Gaussian blur of a strength by chance; torchvision's `GaussianBlur`. */
import { eachImage, uniformIn } from "../each-image.js";
import { ShapeError } from "../image-batch.js";
import type { Transform } from "../transform.js";
import { gaussianBlur } from "./blur.js";

export interface RandomBlurOptions {
  /** Odd, in pixels; or [height, width], as sizes are here, where torchvision has [width, height]. */
  readonly kernelSize: number | readonly [number, number];
  /** Standard deviation in pixels, or the range that it is drawn from. */
  readonly sigma: number | readonly [number, number];
}

export function randomBlur({ kernelSize, sigma }: RandomBlurOptions): Transform<number | null> {
  const size = typeof kernelSize === "number" ? ([kernelSize, kernelSize] as const) : kernelSize;
  const range = typeof sigma === "number" ? ([sigma, sigma] as const) : sigma;
  return eachImage<number>({
    sample: (rng) => uniformIn(rng, range),
    change: (image, drawn) => gaussianBlur(image, size, drawn),
    check(shape) {
      // Its mirrored border must lie inside the picture.
      if (size[0] >= 2 * shape.height || size[1] >= 2 * shape.width) {
        throw new ShapeError(
          `Expected a GaussianBlur with a kernel of less than twice the picture, ${shape.height}×${shape.width}. ` +
            `Received: a kernelSize of ${size[0]}×${size[1]}. Make it smaller.`,
        );
      }
    },
  });
}
