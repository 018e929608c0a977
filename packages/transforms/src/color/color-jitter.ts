/** Brightness, contrast, saturation and hue by chance, in an order by chance; torchvision's `ColorJitter`. */
import { eachImage, uniformIn } from "../each-image.js";
import type { Image } from "../image.js";
import type { Transform } from "../transform.js";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./adjust-color.js";

const ADJUSTMENTS = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
} satisfies Record<string, (image: Image, factor: number) => void>;

type Adjustment = keyof typeof ADJUSTMENTS;

/**
 * A number stands for a range around what changes nothing: brightness, contrast and saturation for 1 − x (0 at the
 * least) to 1 + x, hue for −x to x. [low, high] is the range itself.
 */
export type ColorJitterOptions = Readonly<Record<Adjustment, number | readonly [number, number]>>;

/** In the order in which they are made. */
export type ColorJitterParameters = readonly (readonly [Adjustment, factor: number])[];

export function colorJitter(options: ColorJitterOptions): Transform<ColorJitterParameters | null> {
  const ranges = (Object.keys(ADJUSTMENTS) as Adjustment[])
    .filter((name) => options[name] !== 0)
    .map((name) => [name, rangeOf(name, options[name])] as const);
  return eachImage<ColorJitterParameters>({
    sample: (rng) => rng.shuffle(ranges.map(([name, range]) => [name, uniformIn(rng, range)] as const)),
    change(image, adjustments) {
      for (const [name, factor] of adjustments) ADJUSTMENTS[name](image, factor);
    },
  });
}

function rangeOf(name: Adjustment, value: number | readonly [number, number]): readonly [number, number] {
  if (typeof value !== "number") return value;
  return name === "hue" ? [-value, value] : [Math.max(0, 1 - value), 1 + value];
}
