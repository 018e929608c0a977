/**
 * Gaussian blur of one picture, in place; torchvision's `gaussian_blur`
 * (https://github.com/pytorch/vision/blob/main/torchvision/transforms/v2/functional/_misc.py): a kernel of whole pixels
 * that sums to 1, and the picture mirrored at its edges without repeating them. Bytes are rounded once at the end.
 */
import type { Image } from "../image.js";
import { reflected } from "../pixel-map.js";

/**
 * @param kernelSize [height, width], odd.
 * @param sigma standard deviation in pixels.
 */
export function gaussianBlur(image: Image, kernelSize: readonly [number, number], sigma: number): void {
  const { pixels, height, width, channels } = image;
  const across = new Float32Array(pixels.length);
  const down = gaussianKernel(kernelSize[0], sigma);
  convolve(
    pixels,
    across,
    { outer: height, length: width, inner: channels },
    gaussianKernel(kernelSize[1], sigma),
  );
  const blurred = new Float32Array(pixels.length);
  convolve(across, blurred, { outer: 1, length: height, inner: width * channels }, down);
  const isBytes = pixels instanceof Uint8Array;
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = isBytes ? Math.round(blurred[i] as number) : (blurred[i] as number);
  }
}

function gaussianKernel(size: number, sigma: number): Float64Array {
  const half = (size - 1) / 2;
  const kernel = Float64Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - half) / sigma) ** 2));
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

/** The arrays are [outer, length, inner]. */
interface Axis {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

function convolve(
  source: Image["pixels"],
  target: Float32Array,
  { outer, length, inner }: Axis,
  kernel: Float64Array,
): void {
  const half = (kernel.length - 1) / 2;
  for (let o = 0; o < outer; o++) {
    const start = o * length * inner;
    for (let at = 0; at < length; at++) {
      const to = start + at * inner;
      for (let k = 0; k < kernel.length; k++) {
        const weight = kernel[k] as number;
        const from = start + reflected(at + k - half, length) * inner;
        for (let i = 0; i < inner; i++) target[to + i]! += weight * (source[from + i] as number);
      }
    }
  }
}
