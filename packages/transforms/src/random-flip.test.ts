import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { ANY_CONTEXT } from "../test/pictures.js";
import { movePixels } from "./pixel-map.js";
import { randomHorizontalFlip, randomVerticalFlip } from "./random-flip.js";

describe("randomHorizontalFlip", () => {
  it("mirrors left and right and keeps the colours of a pixel in order", () => {
    const images = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    const shape = { count: 1, height: 2, width: 2, channels: 3 };
    const { map } = randomHorizontalFlip(1);
    expect([...movePixels(images, shape, [map(shape, true)])]).toEqual([
      4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9,
    ]);
    expect(movePixels(images, shape, [map(shape, false)])).toEqual(images);
  });

  it("has the probability asked for", () => {
    const shape = { count: 1, height: 1, width: 1, channels: 1 };
    const rng = Rng.fromSeed(0);
    const share = (p: number) => {
      let flipped = 0;
      for (let i = 0; i < 10_000; i++) if (randomHorizontalFlip(p).sample(rng, shape, ANY_CONTEXT)) flipped++;
      return flipped / 10_000;
    };
    expect(share(0)).toBe(0);
    expect(share(1)).toBe(1);
    expect(Math.abs(share(0.25) - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 10_000));
  });
});

it("randomVerticalFlip mirrors top and bottom", () => {
  const images = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const shape = { count: 1, height: 3, width: 2, channels: 1 };
  const { map } = randomVerticalFlip(1);
  expect([...movePixels(images, shape, [map(shape, true)])]).toEqual([5, 6, 3, 4, 1, 2]);
});
