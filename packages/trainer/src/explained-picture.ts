/** One explanation of a run's network as a picture: what the network was given, and over it where its evidence lies. */
import {
  gradCam,
  integratedGradients,
  mapAt,
  occlusion,
  overlay,
  resizeMaps,
  type Explain,
  type SaliencyMaps,
} from "@convkit/evaluator/explain";
import type { ExplanationMethod, TransformSpec } from "@convkit/schema";
import { undoNormalize } from "@convkit/transforms";
import type * as tf from "@tensorflow/tfjs";
import { encodePng, type Picture } from "./png.js";

export const EXPLAIN: Readonly<Record<ExplanationMethod, Explain>> = {
  "grad-cam": gradCam,
  "grad-cam++": (model, inputs, options) => gradCam(model, inputs, { ...options, variant: "grad-cam++" }),
  "integrated-gradients": integratedGradients,
  occlusion,
};

/** Small pictures are shown larger, by a whole factor, up to this side. */
const LONGEST_SIDE = 256;

/** The class whose evidence is asked for is none of the run's. */
export class UnknownClassError extends Error {
  override readonly name = "UnknownClassError";
}

/** @throws {UnknownClassError} if there is no class of that name. */
export function classIndex(className: string, classNames: readonly string[]): number {
  const index = classNames.indexOf(className);
  if (index >= 0) return index;
  throw new UnknownClassError(
    `Expected one of the run's classes: ${classNames.slice(0, 20).join(", ")}${classNames.length > 20 ? ", …" : ""}. ` +
      `Received: ${className}.`,
  );
}

/** Each picture of a group with its map over it, as a PNG. */
export async function overlayPngs(
  inputs: tf.Tensor4D,
  maps: SaliencyMaps,
  transforms: readonly TransformSpec[],
): Promise<Uint8Array[]> {
  const [count, height, width, channels] = inputs.shape;
  const factor = Math.max(1, Math.floor(LONGEST_SIDE / Math.max(height, width)));
  const large = resizeMaps(maps, height * factor, width * factor);
  const values = await inputs.data<"float32">();
  const size = height * width * channels;
  return Array.from({ length: count }, (_, i) => {
    const data = pixelsOf(values.subarray(i * size, (i + 1) * size), channels, transforms);
    return encodePng(overlay(enlarge({ data, height, width, channels }, factor), mapAt(large, i)));
  });
}

/** Back from what the network is given to pixels: by the transforms' Normalize; where there is none, from darkest to brightest. */
function pixelsOf(values: Float32Array, channels: number, transforms: readonly TransformSpec[]): Uint8Array {
  if (transforms.some((spec) => "name" in spec && spec.name === "Normalize")) {
    const shares = values.slice();
    undoNormalize(shares, channels, transforms);
    return Uint8Array.from(shares, toByte);
  }
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number],
  );
  return Uint8Array.from(values, (value) => toByte((value - low) / Math.max(high - low, Number.EPSILON)));
}

function toByte(share: number): number {
  return Math.round(Math.min(Math.max(share, 0), 1) * 255);
}

function enlarge(picture: Picture, factor: number): Picture {
  const { data, channels } = picture;
  const [height, width] = [picture.height * factor, picture.width * factor];
  const large = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / factor) * picture.width + Math.floor(x / factor)) * channels;
      large.set(data.subarray(from, from + channels), (y * width + x) * channels);
    }
  }
  return { data: large, height, width, channels };
}
