/**
 * Cuts out a part of any size and shape and brings it to one size (Szegedy et al. 2014, § 6,
 * https://arxiv.org/abs/1409.4842); torchvision's `RandomResizedCrop`, bilinear with antialiasing.
 */
import { uniformIn } from "./each-image.js";
import { imageAt } from "./image.js";
import { allocateLike, valuesPerImage, type ImageBatchShape } from "./image-batch.js";
import type { ImagePart } from "./image-part.js";
import { resizePart } from "./resize.js";
import type { Transform } from "./transform.js";

export interface RandomResizedCropOptions {
  /** [height, width] of the result in pixels. */
  readonly size: readonly [number, number];
  /** Part of the picture's area, lowest and highest. */
  readonly scale: readonly [number, number];
  /** Width by height, lowest and highest. */
  readonly ratio: readonly [number, number];
}

/** Then the largest part in the middle is taken whose shape is allowed. */
const TRIES = 10;

export function randomResizedCrop(options: RandomResizedCropOptions): Required<Transform<ImagePart>> {
  const { size, scale, ratio } = options;
  const outputShape = (shape: ImageBatchShape) => ({ ...shape, height: size[0], width: size[1] });
  const logRatio = [Math.log(ratio[0]), Math.log(ratio[1])] as const;
  return {
    outputShape,
    sample(rng, { height: fullHeight, width: fullWidth }) {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const area = fullHeight * fullWidth * uniformIn(rng, scale);
        const aspect = Math.exp(uniformIn(rng, logRatio));
        const width = Math.round(Math.sqrt(area * aspect));
        const height = Math.round(Math.sqrt(area / aspect));
        if (width < 1 || height < 1 || width > fullWidth || height > fullHeight) continue;
        return { top: rng.int(fullHeight - height + 1), left: rng.int(fullWidth - width + 1), height, width };
      }
      return middlePart(fullHeight, fullWidth, ratio);
    },
    apply(images, shape, parts) {
      const after = outputShape(shape);
      const resized = allocateLike(images, shape.count * valuesPerImage(after));
      for (const [index, part] of parts.entries()) {
        resizePart(imageAt(images, shape, index), part, imageAt(resized, after, index));
      }
      return resized;
    },
  };
}

function middlePart(
  fullHeight: number,
  fullWidth: number,
  [narrowest, widest]: readonly [number, number],
): ImagePart {
  const height = Math.min(fullHeight, Math.max(1, Math.round(fullWidth / narrowest)));
  const width = Math.min(fullWidth, Math.max(1, Math.round(fullHeight * widest)));
  return {
    top: Math.floor((fullHeight - height) / 2),
    left: Math.floor((fullWidth - width) / 2),
    height,
    width,
  };
}
