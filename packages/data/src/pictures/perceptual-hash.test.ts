import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { perceptualHash } from "./perceptual-hash.js";

const EDGE = 32;

function randomPicture(seed: number): Uint8Array {
  const rng = Rng.fromSeed(seed);
  return Uint8Array.from({ length: EDGE * EDGE }, () => Math.floor(rng.uniform() * 256));
}

/** Straight from the definition of the two-dimensional cosine transform (DCT-II). */
function hashByDefinition(pixels: Uint8Array): string {
  const coefficients: number[] = [];
  for (let v = 1; v <= 8; v++) {
    for (let u = 1; u <= 8; u++) {
      let sum = 0;
      for (let y = 0; y < EDGE; y++) {
        for (let x = 0; x < EDGE; x++) {
          sum +=
            pixels[y * EDGE + x]! *
            Math.cos((Math.PI * (2 * x + 1) * u) / (2 * EDGE)) *
            Math.cos((Math.PI * (2 * y + 1) * v) / (2 * EDGE));
        }
      }
      coefficients.push(sum);
    }
  }
  const sorted = [...coefficients].sort((a, b) => a - b);
  const median = (sorted[31]! + sorted[32]!) / 2;
  const bits = coefficients.map((value) => (value > median ? "1" : "0")).join("");
  return BigInt(`0b${bits}`).toString(16).padStart(16, "0");
}

describe("perceptualHash", () => {
  it.each([1, 2, 3])("is what the transform's definition gives, picture %i", (seed) => {
    const picture = randomPicture(seed);
    expect(perceptualHash(picture)).toBe(hashByDefinition(picture));
  });

  it("stays when a picture is made darker and paler", () => {
    const picture = randomPicture(4).map((value) => value & 0xf8);
    expect(perceptualHash(picture.map((value) => value / 2 + 60))).toBe(perceptualHash(picture));
  });

  it("is none for a picture of one tone, whatever the tone", () => {
    expect(perceptualHash(new Uint8Array(EDGE * EDGE))).toBeNull();
    expect(perceptualHash(new Uint8Array(EDGE * EDGE).fill(200))).toBeNull();
  });
});
