/** Weather: snow, fog, a sky that is too bright. Frost has a file of its own. */
import { blurAlong, zoomed } from "./filters.js";
import { corruption, plane, uniformBetween, type Picture } from "./picture.js";
import { plasma } from "./plasma.js";

interface Snow {
  /** Of the normal distribution that flakes are drawn from, 1 being white. */
  readonly mean: number;
  readonly deviation: number;
  readonly zoom: number;
  /** Below it there is no flake. */
  readonly threshold: number;
  readonly radius: number;
  readonly sigma: number;
  /** How much of the picture is not whitened. */
  readonly kept: number;
}

function snowfall(values: readonly [number, number, number, number, number, number, number]): Snow {
  const [mean, deviation, zoom, threshold, radius, sigma, kept] = values;
  return { mean, deviation, zoom, threshold, radius, sigma, kept };
}

/** Flakes that fall, and turned by 180° once more, over a whitened picture. */
export const snow = corruption<Snow>(
  {
    cifar: [
      snowfall([0.1, 0.2, 1, 0.6, 8, 3, 0.95]),
      snowfall([0.1, 0.2, 1, 0.5, 10, 4, 0.9]),
      snowfall([0.15, 0.3, 1.75, 0.55, 10, 4, 0.9]),
      snowfall([0.25, 0.3, 2.25, 0.6, 12, 6, 0.85]),
      snowfall([0.3, 0.3, 1.25, 0.65, 14, 12, 0.8]),
    ],
    imagenet: [
      snowfall([0.1, 0.3, 3, 0.5, 10, 4, 0.8]),
      snowfall([0.2, 0.3, 2, 0.5, 12, 4, 0.7]),
      snowfall([0.55, 0.3, 4, 0.9, 12, 8, 0.7]),
      snowfall([0.55, 0.3, 4.5, 0.85, 12, 8, 0.65]),
      snowfall([0.55, 0.3, 2.5, 0.85, 12, 12, 0.55]),
    ],
  },
  (picture, { mean, deviation, zoom, threshold, radius, sigma, kept }, { rng }) => {
    const { values, height, width, channels } = picture;
    const drawn = new Float32Array(height * width).map(() => mean + deviation * rng.normal());
    const flakes = zoomed(plane(drawn, picture), zoom).map((value) =>
      value < threshold ? 0 : 255 * Math.min(value, 1),
    );
    const angle = uniformBetween(rng, -135, -45);
    const fallen = blurAlong(plane(flakes, picture), { radius, sigma, angle });
    const whitened = new Float32Array(values.length);
    for (let pixel = 0; pixel < fallen.length; pixel++) {
      const white = 1.5 * greyAt(picture, pixel) + 127.5;
      const flake = (fallen[pixel] as number) + (fallen[fallen.length - 1 - pixel] as number);
      for (let at = pixel * channels; at < (pixel + 1) * channels; at++) {
        const value = values[at] as number;
        whitened[at] = kept * value + (1 - kept) * Math.max(value, white) + flake;
      }
    }
    return whitened;
  },
);

/** Luma of ITU-R BT.601. */
function greyAt({ values, channels }: Picture, pixel: number): number {
  const at = pixel * channels;
  if (channels === 1) return values[at] as number;
  return (
    0.299 * (values[at] as number) + 0.587 * (values[at + 1] as number) + 0.114 * (values[at + 2] as number)
  );
}

/** (v + 255·c·plasma) · m / (m + c), where m is the picture's brightest value as a part of white. */
export const fog = corruption<readonly [amount: number, decay: number]>(
  {
    cifar: [
      [0.2, 3],
      [0.5, 3],
      [0.75, 2.5],
      [1, 2],
      [1.5, 1.75],
    ],
    imagenet: [
      [1.5, 2],
      [2, 2],
      [2.5, 1.7],
      [2.5, 1.5],
      [3, 1.4],
    ],
  },
  (picture, [amount, decay], { rng }) => {
    const { values, channels } = picture;
    const clouds = plasma(picture, decay, rng);
    const brightest = values.reduce((most, value) => Math.max(most, value), 0) / 255;
    const scale = brightest / (brightest + amount);
    return values.map(
      (value, i) => (value + 255 * amount * (clouds[Math.floor(i / channels)] as number)) * scale,
    );
  },
);

/** More of V in hue, saturation, value, up to white: a pixel's values by the same factor, black becomes grey. */
export const brightness = corruption(
  { cifar: [0.05, 0.1, 0.15, 0.2, 0.3], imagenet: [0.1, 0.2, 0.3, 0.4, 0.5] },
  ({ values, channels }, more) => {
    const bright = new Float32Array(values.length);
    for (let at = 0; at < values.length; at += channels) {
      const pixel = values.subarray(at, at + channels);
      const value = Math.max(...pixel);
      const brighter = Math.min(value + 255 * more, 255);
      for (let c = 0; c < channels; c++) {
        bright[at + c] = value > 0 ? ((pixel[c] as number) * brighter) / value : brighter;
      }
    }
    return bright;
  },
);
