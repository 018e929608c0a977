/**
 * Blends a picture with a smoother one, in place; torchvision's `adjust_sharpness` of tensors, and Pillow's
 * ImageEnhance.Sharpness before it. The edge of one pixel stays as it is.
 */
import { brightestOf, type Image } from "../image.js";
import { sharpenBytes } from "../kernels/simd-colors.js";

const { fround } = Math;

/** Of the pixel itself; its eight neighbours weigh 1. */
const CENTER = 5;
const TOTAL = CENTER + 8;

/** @param factor 0: smooth; 1: as it is; more: sharper. */
export function adjustSharpness(image: Image, factor: number): void {
  const { pixels, height, width, channels } = image;
  if (height <= 2 || width <= 2) return;
  const rest = fround(1 - factor);
  if (sharpenBytes(image, rest)) return;
  const brightest = brightestOf(pixels);
  const isBytes = pixels instanceof Uint8Array;
  const before = pixels.slice();
  const row = width * channels;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * row + channels; i < (y + 1) * row - channels; i++) {
      const value = before[i] as number;
      const sum =
        CENTER * value +
        (before[i - row - channels] as number) +
        (before[i - row] as number) +
        (before[i - row + channels] as number) +
        (before[i - channels] as number) +
        (before[i + channels] as number) +
        (before[i + row - channels] as number) +
        (before[i + row] as number) +
        (before[i + row + channels] as number);
      const smooth = isBytes ? Math.round(sum / TOTAL) : sum / TOTAL;
      const blended = fround(value + fround((smooth - value) * rest));
      pixels[i] = blended < 0 ? 0 : blended > brightest ? brightest : blended;
    }
  }
}
