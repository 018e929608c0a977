/** Against NumPy, SciPy, scikit-image, OpenCV and Pillow; test/fixtures/corruptions.py says how. */
import { readFileSync } from "node:fs";
import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { corrupt, corruptionScale, type ByteImage, type CorruptionName } from "./corrupt.js";
import { scipyKernel, smooth } from "./filters.js";
import type { Severity } from "./picture.js";

interface Fixtures {
  readonly pictures: Readonly<
    Record<"cifar" | "imagenet", { readonly shape: [number, number, number]; readonly pixels: string }>
  >;
  readonly smoothed: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly name: CorruptionName;
    readonly severity: Severity;
    readonly cifar: string;
    readonly imagenet: string;
  }[];
}

const fixtures = JSON.parse(
  readFileSync(new URL("../../test/fixtures/corruptions.json", import.meta.url), "utf8"),
) as Fixtures;

const bytesOf = (encoded: string): Uint8Array => new Uint8Array(Buffer.from(encoded, "base64"));

function pictureOf(scale: "cifar" | "imagenet"): ByteImage {
  const { shape, pixels } = fixtures.pictures[scale];
  return { pixels: bytesOf(pixels), height: shape[0], width: shape[1], channels: shape[2] };
}

interface Differences {
  readonly largest: number;
  readonly mean: number;
  /** Of values with any. */
  readonly share: number;
}

function differences(ours: Uint8Array, theirs: Uint8Array): Differences {
  expect(ours.length).toBe(theirs.length);
  const all = ours.map((value, i) => Math.abs(value - theirs[i]!));
  return {
    largest: Math.max(...all),
    mean: all.reduce((sum, value) => sum + value, 0) / all.length,
    share: all.filter((value) => value > 0).length / all.length,
  };
}

describe.each(["cifar", "imagenet"] as const)("with the parameters of %s", (scale) => {
  const picture = pictureOf(scale);

  it("takes them by the picture's size", () => {
    expect(corruptionScale(picture)).toBe(scale);
  });

  it.each(fixtures.cases)("$name, severity $severity", ({ name, severity, [scale]: theirs }) => {
    const ours = corrupt(picture, { name, severity, rng: Rng.fromSeed(0) });
    const { largest, share, mean } = differences(ours, bytesOf(theirs));
    if (name === "jpeg_compression") {
      // A coefficient in a hundred falls on the other side of a half, since libjpeg computes in whole numbers.
      expect(largest).toBeLessThanOrEqual(12);
      expect(mean).toBeLessThan(0.7);
    } else {
      expect(largest).toBeLessThanOrEqual(1);
      expect(share).toBeLessThan(0.01);
    }
  });
});

it.each(Object.entries(fixtures.smoothed))("smooths by σ = %s as scikit-image does", (sigma, theirs) => {
  const picture = pictureOf("cifar");
  const values = smooth(
    { ...picture, values: Float32Array.from(picture.pixels) },
    scipyKernel(Number(sigma)),
    "nearest",
  );
  const { largest, share } = differences(Uint8Array.from(values, Math.round), bytesOf(theirs));
  expect(largest).toBeLessThanOrEqual(1);
  expect(share).toBeLessThan(0.01);
});
