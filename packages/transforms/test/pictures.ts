/** The pictures of fixtures/peer-outputs.py, and what torchvision makes of them. */
import { readFileSync } from "node:fs";
import type { Image } from "../src/image.js";
import type { SampleContext } from "../src/transform.js";

export const HEIGHT = 19;
export const WIDTH = 23;

interface Fixtures {
  /** Values: base64 of float32 [3, 256], what every byte of each channel becomes. */
  readonly normalized: {
    readonly mean: readonly number[];
    readonly std: readonly number[];
    readonly values: string;
  };
  /** By policy and operation. */
  readonly magnitudes: Readonly<Record<string, Readonly<Record<string, Magnitudes | null>>>>;
  readonly pictures: Readonly<Record<PictureName, Readonly<Record<string, string>>>>;
}

/** Weakest to strongest; null where an operation has none. */
export interface Magnitudes {
  readonly magnitudes: readonly number[];
  readonly isSigned: boolean;
}

export type PictureName = "noise" | "soft";

const fixtures = JSON.parse(
  readFileSync(new URL("fixtures/torchvision.json", import.meta.url), "utf8"),
) as Fixtures;

export const torchvisionsNormalized = fixtures.normalized;

export const torchvisionsMagnitudes = fixtures.magnitudes;

export const caseNames: readonly string[] = Object.keys(fixtures.pictures.noise);

/** uint8 [height, width, 3], row by row. */
export function torchvisionsOutput(picture: PictureName, name: string): Uint8Array {
  const encoded = fixtures.pictures[picture][name];
  if (encoded === undefined) throw new Error(`Expected a case of torchvision.json. Received: ${name}.`);
  return new Uint8Array(Buffer.from(encoded, "base64"));
}

export function pictureOf(name: PictureName): Image {
  const noise = new Uint8Array(HEIGHT * WIDTH * 3);
  let state = 1;
  for (let i = 0; i < noise.length; i++) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    noise[i] = state >>> 24;
  }
  const soft = noise.map((value, i) => {
    const [row, column, channel] = [Math.floor(i / (3 * WIDTH)), Math.floor(i / 3) % WIDTH, i % 3];
    return 40 + 5 * row + 3 * column + 20 * channel + Math.floor(value / 16);
  });
  return { pixels: name === "noise" ? noise : soft, height: HEIGHT, width: WIDTH, channels: 3 };
}

/** Of a first epoch, for transforms that do not ask for more. */
export const ANY_CONTEXT: SampleContext = {
  epoch: 0,
  imageRng() {
    throw new Error("Expected a transform that draws from the epoch's Rng alone.");
  },
};
