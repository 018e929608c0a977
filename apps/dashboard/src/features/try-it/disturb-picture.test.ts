/** What the sliders do to a picture. */
import type { ClassifierImage } from "@convkit/models";
import { expect, test } from "vitest";
import { disturb, handyPicture } from "./disturb-picture";
import { isNeutral, NEUTRAL } from "./disturbance";

/** Black, but for one white pixel. */
function dotAt(x: number, y: number, edge = 9): ClassifierImage {
  const data = new Uint8Array(edge * edge);
  data[y * edge + x] = 255;
  return { data, height: edge, width: edge, channels: 1 };
}

const grey = (value: number, edge = 32): ClassifierImage => ({
  data: new Uint8Array(edge * edge * 3).fill(value),
  height: edge,
  width: edge,
  channels: 3,
});

const meanOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

test("without strengths nothing changes, and that is known", () => {
  const picture = dotAt(2, 3);
  expect(disturb(picture, NEUTRAL)).toEqual(picture);
  expect(isNeutral(NEUTRAL)).toBe(true);
  expect(isNeutral({ ...NEUTRAL, rotationDegrees: -1 })).toBe(false);
});

test("a quarter turn clockwise brings what is at the top to the right", () => {
  const { data } = disturb(dotAt(4, 0), { ...NEUTRAL, rotationDegrees: 90 });
  expect(data.indexOf(255)).toBe(4 * 9 + 8);
});

test("brightness is a factor, and stops at white", () => {
  expect(disturb(grey(100), { ...NEUTRAL, brightness: 1.5 }).data).toEqual(grey(150).data);
  expect(disturb(grey(200), { ...NEUTRAL, brightness: 2 }).data).toEqual(grey(255).data);
  expect(disturb(grey(200), { ...NEUTRAL, brightness: 0 }).data).toEqual(grey(0).data);
});

test("blur spreads by its share of the shorter edge, and loses no light", () => {
  const picture = { ...dotAt(20, 20, 41) };
  // A standard deviation of 4.1 pixels: the middle has 255 / (2π · 4.1²) = 2.4 of it, rounded.
  const { data } = disturb(picture, { ...NEUTRAL, blurPercent: 10 });
  expect(data[20 * 41 + 20]).toBe(2);
  // Flat pictures stay as they are.
  expect(disturb(grey(77), { ...NEUTRAL, blurPercent: 10 }).data).toEqual(grey(77).data);
});

test("noise has the deviation that was asked for, stands still, and grows with the slider", () => {
  const noisy = disturb(grey(128), { ...NEUTRAL, noisePercent: 10 }).data;
  expect(disturb(grey(128), { ...NEUTRAL, noisePercent: 10 }).data).toEqual(noisy);
  const deviations = Array.from(noisy, (value) => value - 128);
  // 3072 draws of deviation 25.5: the mean is within 4 standard errors, 1.84; the deviation within 4 of its own, 1.3.
  expect(Math.abs(meanOf(deviations))).toBeLessThan(1.84);
  expect(Math.abs(Math.sqrt(meanOf(deviations.map((d) => d * d))) - 25.5)).toBeLessThan(1.3);
  const twice = disturb(grey(128), { ...NEUTRAL, noisePercent: 20 }).data;
  const at = deviations.findIndex((d) => d > 10 && d < 40);
  expect(Math.abs(twice[at]! - 128 - 2 * deviations[at]!)).toBeLessThanOrEqual(2);
});

test("a photo is brought to a handy size for the sliders, a small picture stays as it is", () => {
  const photo: ClassifierImage = {
    data: new Uint8Array(1000 * 2000 * 3).fill(9),
    height: 1000,
    width: 2000,
    channels: 3,
  };
  expect(handyPicture(photo, [64, 64, 3])).toMatchObject({ height: 256, width: 512 });
  expect(handyPicture(photo, [224, 224, 3])).toMatchObject({ height: 448, width: 896 });
  const small = grey(3);
  expect(handyPicture(small, [224, 224, 3])).toBe(small);
});
