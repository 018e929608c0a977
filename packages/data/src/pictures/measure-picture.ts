/** What a picture looks like in a few numbers, to ask whether a classifier fails on dark, flat or blurred ones. */
import { toGrey, type ImageBatchShape } from "@convkit/transforms";

export interface PictureMeasures {
  /** Mean of the grey picture, 0…255. */
  readonly brightness: number;
  /** Its standard deviation, 0…127.5. */
  readonly contrast: number;
  /**
   * Variance of its Laplacian (4 neighbours, without the border): low where it is blurred. Pech-Pacheco et al. 2000,
   * https://doi.org/10.1109/ICPR.2000.903548. It depends on the picture's size; 0 of one that has no inside.
   */
  readonly sharpness: number;
  /**
   * Hasler & Süsstrunk 2003, §7, https://doi.org/10.1117/12.477378: of rg = R − G and yb = (R + G) / 2 − B the length of
   * their deviations and 0.3 of that of their means. 0 of a grey picture.
   */
  readonly colourfulness: number;
}

/** @param pixels uint8 [height, width, channels], one picture. */
export function measurePicture(
  pixels: Uint8Array,
  { height, width, channels }: Omit<ImageBatchShape, "count">,
): PictureMeasures {
  const grey = toGrey(pixels, channels);
  const { mean, deviation } = spreadOf(grey.length, (i) => grey[i]!);
  return {
    brightness: mean,
    contrast: deviation,
    sharpness: laplacianVariance(grey, height, width),
    colourfulness: channels === 3 ? colourfulness(pixels) : 0,
  };
}

function laplacianVariance(grey: Uint8Array, height: number, width: number): number {
  const [rows, columns] = [height - 2, width - 2];
  if (rows < 1 || columns < 1) return 0;
  const { deviation } = spreadOf(rows * columns, (i) => {
    const at = (Math.floor(i / columns) + 1) * width + (i % columns) + 1;
    return grey[at - width]! + grey[at + width]! + grey[at - 1]! + grey[at + 1]! - 4 * grey[at]!;
  });
  return deviation ** 2;
}

function colourfulness(pixels: Uint8Array): number {
  const count = pixels.length / 3;
  const rg = spreadOf(count, (i) => pixels[3 * i]! - pixels[3 * i + 1]!);
  const yb = spreadOf(count, (i) => (pixels[3 * i]! + pixels[3 * i + 1]!) / 2 - pixels[3 * i + 2]!);
  return Math.hypot(rg.deviation, yb.deviation) + 0.3 * Math.hypot(rg.mean, yb.mean);
}

/** Mean and standard deviation (of the population). */
function spreadOf(count: number, valueAt: (i: number) => number): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const value = valueAt(i);
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}
