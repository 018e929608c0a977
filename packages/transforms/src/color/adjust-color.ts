/**
 * Brightness, contrast, saturation and hue of one picture, in place; torchvision's `adjust_brightness`,
 * `adjust_contrast`, `adjust_saturation` and `adjust_hue` of tensors
 * (https://github.com/pytorch/vision/blob/main/torchvision/transforms/v2/functional/_color.py). All but hue blend the
 * picture with a duller one, as Pillow's ImageEnhance does: `factor · picture + (1 − factor) · duller`, so that 1 changes
 * nothing, 0 leaves the duller picture, and more than 1 leads away from it. Computed in float32, as there.
 */
import { brightestOf, byteTable, mapValues, type Image } from "../image.js";
import { changeBytes } from "../kernels/simd-colors.js";

const { fround } = Math;
/** ITU-R BT.601 luma, as torchvision rounds it. */
const RED = fround(0.2989);
const GREEN = fround(0.587);
const BLUE = fround(0.114);

/** The duller picture is black. @param factor 0 or more. */
export function adjustBrightness(image: Image, factor: number): void {
  const scale = fround(factor);
  mapValues(image, (value) => fround(value * scale));
}

/** The duller picture has the mean of the grey picture everywhere. @param factor 0 or more. */
export function adjustContrast(image: Image, factor: number): void {
  const scale = fround(factor);
  const from = (mean: number) => {
    const added = fround((1 - factor) * mean);
    return (value: number) => fround(fround(value * scale) + added);
  };
  const { length } = image.pixels;
  const isDone =
    image.channels === 3 &&
    changeBytes(image, (bytes) => bytes.map([byteTable(from((bytes.sumGrey() * 3) / length))]));
  if (!isDone) mapValues(image, from(meanGrey(image)));
}

/** The duller picture is grey. Pictures of one channel stay as they are. @param factor 0 or more. */
export function adjustSaturation(image: Image, factor: number): void {
  const { pixels, channels } = image;
  if (channels !== 3) return;
  const [scale, rest] = [fround(factor), fround(1 - factor)];
  if (changeBytes(image, (bytes) => bytes.saturate(scale, rest))) return;
  const brightest = brightestOf(pixels);
  for (let i = 0; i < pixels.length; i += 3) {
    const added = fround(rest * greyAt(pixels, i));
    for (let c = i; c < i + 3; c++) {
      const value = fround(fround((pixels[c] as number) * scale) + added);
      pixels[c] = value < 0 ? 0 : value > brightest ? brightest : value;
    }
  }
}

/**
 * Turns the hue of HSV; Pillow's formulas. Pictures of one channel stay as they are.
 * @param factor −0.5…0.5 of a whole turn.
 */
export function adjustHue(image: Image, factor: number): void {
  const { pixels, channels } = image;
  if (channels !== 3 || factor === 0) return;
  if (changeBytes(image, (bytes) => bytes.turnHue(6 * factor))) return;
  const isBytes = pixels instanceof Uint8Array;
  const toUnit = isBytes ? 1 / 255 : 1;
  // As torchvision makes bytes of floats: every byte has an equal share of 0…1.
  const fromUnit = isBytes ? 255.999 : 1;
  for (let i = 0; i < pixels.length; i += 3) {
    const r = (pixels[i] as number) * toUnit;
    const g = (pixels[i + 1] as number) * toUnit;
    const b = (pixels[i + 2] as number) * toUnit;
    const most = Math.max(r, g, b);
    const range = most - Math.min(r, g, b);
    // Grey has no hue.
    if (range === 0) {
      for (let c = i; c < i + 3; c++) pixels[c] = most * fromUnit;
      continue;
    }
    const sixths = most === r ? (g - b) / range : most === g ? 2 + (b - r) / range : 4 + (r - g) / range;
    const turned = sixths + 6 * factor;
    const hue = turned - 6 * Math.floor(turned / 6);
    for (let c = 0; c < 3; c++) {
      // Red is whole around 0, green around 2, blue around 4 (https://en.wikipedia.org/wiki/HSL_and_HSV#HSV_to_RGB_alternative).
      const place = 5 - 2 * c + hue;
      const k = place >= 6 ? place - 6 : place;
      const value = most - range * Math.max(0, Math.min(k, 4 - k, 1));
      pixels[i + c] = value * fromUnit;
    }
  }
}

/** Every channel shows the grey picture; torchvision's `rgb_to_grayscale` with three channels. */
export function makeGrey(image: Image): void {
  const { pixels, channels } = image;
  if (channels !== 3) return;
  if (changeBytes(image, (bytes) => bytes.makeGrey())) return;
  for (let i = 0; i < pixels.length; i += 3) {
    const grey = greyAt(pixels, i);
    for (let c = i; c < i + 3; c++) pixels[c] = grey;
  }
}

/** Of bytes, a whole number: the fraction is cut off. */
function greyAt(pixels: Image["pixels"], i: number): number {
  const grey = fround(
    fround(fround((pixels[i] as number) * RED) + fround((pixels[i + 1] as number) * GREEN)) +
      fround((pixels[i + 2] as number) * BLUE),
  );
  return pixels instanceof Uint8Array ? Math.floor(grey) : grey;
}

function meanGrey({ pixels, channels }: Image): number {
  let sum = 0;
  if (channels === 3) for (let i = 0; i < pixels.length; i += 3) sum += greyAt(pixels, i);
  else for (let i = 0; i < pixels.length; i++) sum += pixels[i] as number;
  return (sum * (channels === 3 ? 3 : 1)) / pixels.length;
}
