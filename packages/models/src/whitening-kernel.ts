/**
 * A first convolution that decorrelates neighbouring pixels: its filters are the eigenvectors of the pictures' patch
 * covariance, scaled to unit variance, and their negatives. Jordan 2024, §3.2, https://arxiv.org/abs/2404.00498,
 * after Page 2018, "How to train your ResNet 8".
 */
import type { InputShape, SampleImages } from "./model-builder.js";
import { symmetricEigen } from "./symmetric-eigen.js";

const PATCH_SIZE = 2;
/** Added to the eigenvalues; the original's. */
const EPSILON = 5e-4;

/** Of the kernel below: two filters for each of a patch's values. */
export function whiteningFilters(channels: number): number {
  return 2 * PATCH_SIZE ** 2 * channels;
}

/**
 * @param sample some thousand normalised pictures.
 * @returns a kernel [2, 2, channels, whiteningFilters(channels)].
 */
export function whiteningKernel(sample: SampleImages, inputShape: InputShape): Float32Array {
  const { values, vectors } = symmetricEigen(patchCovariance(sample, inputShape));
  const filters = 2 * vectors.length;
  const kernel = new Float32Array(vectors.length * filters);
  vectors.forEach((vector, f) => {
    const scale = 1 / Math.sqrt((values[f] as number) + EPSILON);
    vector.forEach((component, p) => {
      kernel[p * filters + f] = component * scale;
      kernel[p * filters + vectors.length + f] = -component * scale;
    });
  });
  return kernel;
}

/** Σ patch · patchᵀ / patches, over all 2×2 patches; a patch's values in the order [row, column, channel]. */
function patchCovariance({ images, count }: SampleImages, [height, width, channels]: InputShape): number[][] {
  const rowLength = width * channels;
  const half = PATCH_SIZE * channels;
  const size = PATCH_SIZE * half;
  const patch = new Float64Array(size);
  // The upper triangle, row by row. There are millions of patches: no closures.
  const sums = new Float64Array((size * (size + 1)) / 2);
  for (let n = 0; n < count; n++) {
    for (let y = 0; y <= height - PATCH_SIZE; y++) {
      for (let x = 0; x <= width - PATCH_SIZE; x++) {
        const start = (n * height + y) * rowLength + x * channels;
        for (let i = 0; i < half; i++) {
          patch[i] = images[start + i] as number;
          patch[half + i] = images[start + rowLength + i] as number;
        }
        for (let i = 0, k = 0; i < size; i++) {
          const value = patch[i] as number;
          for (let j = i; j < size; j++, k++) sums[k]! += value * (patch[j] as number);
        }
      }
    }
  }
  const patches = count * (height - PATCH_SIZE + 1) * (width - PATCH_SIZE + 1);
  const covariance = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let i = 0, k = 0; i < size; i++) {
    for (let j = i; j < size; j++, k++) {
      covariance[i]![j] = covariance[j]![i] = (sums[k] as number) / patches;
    }
  }
  return covariance;
}
