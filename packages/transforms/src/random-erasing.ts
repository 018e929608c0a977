/**
 * A rectangle of a picture is lost, by chance (Zhong et al. 2017, https://arxiv.org/abs/1708.04896); torchvision's
 * `RandomErasing`. Behind Normalize a value of 0 is the data's mean, and "random" is normal noise; before it bytes are
 * meant, and "random" is any of them.
 */
import { Rng } from "@convkit/random";
import { eachImage, uniformIn } from "./each-image.js";
import { perChannel } from "./image-batch.js";
import type { Transform } from "./transform.js";

export interface RandomErasingOptions {
  readonly p: number;
  /** Part of the picture's area, lowest and highest. */
  readonly scale: readonly [number, number];
  /** Height by width, lowest and highest. */
  readonly ratio: readonly [number, number];
  /** One number, one per channel, or noise. */
  readonly value: number | readonly number[] | "random";
}

export interface RandomErasingParameters {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  /** Seed of the noise. */
  readonly noise: number | null;
}

/** A rectangle may be higher or wider than the picture; then another is drawn, and after so many none is erased. */
const TRIES = 10;

export function randomErasing(options: RandomErasingOptions): Transform<RandomErasingParameters | null> {
  const { p, scale, ratio, value } = options;
  const logRatio = [Math.log(ratio[0]), Math.log(ratio[1])] as const;
  const fill = typeof value === "number" ? [value] : value;
  return eachImage<RandomErasingParameters>({
    check({ channels }) {
      if (fill !== "random") perChannel(fill, channels, "`value`");
    },
    sample(rng, shape) {
      if (!rng.bernoulli(p)) return null;
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const area = shape.height * shape.width * uniformIn(rng, scale);
        const aspect = Math.exp(uniformIn(rng, logRatio));
        const height = Math.round(Math.sqrt(area * aspect));
        const width = Math.round(Math.sqrt(area / aspect));
        if (height >= shape.height || width >= shape.width) continue;
        const [top, left] = [rng.int(shape.height - height + 1), rng.int(shape.width - width + 1)];
        return { top, left, height, width, noise: fill === "random" ? rng.nextUint32() : null };
      }
      return null;
    },
    change({ pixels, width: imageWidth, channels }, { top, left, height, width, noise }) {
      const isBytes = pixels instanceof Uint8Array;
      const rng = noise === null ? null : Rng.fromSeed(noise);
      const colours = fill === "random" ? [] : perChannel(fill, channels, "`value`");
      const valueAt = (i: number): number => {
        if (rng) return isBytes ? rng.int(256) : rng.normal();
        const colour = colours[i % channels] as number;
        return isBytes ? Math.min(Math.max(colour, 0), 255) : colour;
      };
      const isPlain = rng === null && new Set(colours).size === 1;
      for (let y = top; y < top + height; y++) {
        const start = (y * imageWidth + left) * channels;
        const end = start + width * channels;
        if (isPlain) pixels.fill(valueAt(start), start, end);
        else for (let i = start; i < end; i++) pixels[i] = valueAt(i);
      }
    },
  });
}
