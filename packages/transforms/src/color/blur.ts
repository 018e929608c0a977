/**
 * Gaussian blur of one picture, in place; torchvision's `gaussian_blur`
 * (https://github.com/pytorch/vision/blob/main/torchvision/transforms/v2/functional/_misc.py): a kernel of whole pixels
 * that sums to 1, and the picture mirrored at its edges without repeating them. Bytes are rounded once at the end.
 */
import type { Image } from "../image.js";
import { resample } from "../kernels/resample.js";
import type { Windows } from "../kernels/windows.js";
import { movePixels, reflected } from "../pixel-map.js";

/**
 * @param kernelSize [height, width], odd.
 * @param sigma standard deviation in pixels.
 */
export function gaussianBlur(image: Image, kernelSize: readonly [number, number], sigma: number): void {
  const { pixels, height, width, channels } = image;
  const [rows, columns] = [mirrored(height, kernelSize[0]), mirrored(width, kernelSize[1])];
  const padded = movePixels(pixels, { count: 1, height, width, channels }, [{ rows, columns }]);
  resample(padded, pixels, {
    width: columns.length,
    channels,
    rows: everywhere(height, gaussianKernel(kernelSize[0], sigma)),
    columns: everywhere(width, gaussianKernel(kernelSize[1], sigma)),
  });
}

/** Places along an edge, and half a kernel beyond both of its ends. */
function mirrored(length: number, kernelSize: number): Int32Array {
  const half = (kernelSize - 1) / 2;
  return Int32Array.from({ length: length + 2 * half }, (_, i) => reflected(i - half, length));
}

/** The same kernel at every place. */
function everywhere(length: number, kernel: Float64Array): Windows {
  const weights = new Float32Array(length * kernel.length);
  for (let at = 0; at < length; at++) weights.set(kernel, at * kernel.length);
  const starts = Int32Array.from({ length }, (_, at) => at);
  return { starts, ends: starts.map((start) => start + kernel.length), weights };
}

function gaussianKernel(size: number, sigma: number): Float64Array {
  const half = (size - 1) / 2;
  const kernel = Float64Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - half) / sigma) ** 2));
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}
