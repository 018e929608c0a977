import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { ANY_CONTEXT } from "../../test/pictures.js";
import type { Image } from "../image.js";
import { ShapeError } from "../image-batch.js";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, makeGrey } from "./adjust-color.js";
import { adjustSharpness } from "./adjust-sharpness.js";
import { autoContrast, equalize, invert, posterize, solarize } from "./adjust-tones.js";
import { gaussianBlur } from "./blur.js";
import { colorJitter } from "./color-jitter.js";
import { randomBlur } from "./random-blur.js";

const bytes = (values: number[], width: number, channels = 1): Image => ({
  pixels: Uint8Array.from(values),
  height: values.length / width / channels,
  width,
  channels,
});
const floats = (image: Image): Image => ({
  ...image,
  pixels: Float32Array.from(image.pixels, (v) => v / 255),
});
const after = (image: Image, change: (image: Image) => void): number[] => {
  change(image);
  return [...image.pixels];
};

describe("hand-computed bytes", () => {
  it("brightness multiplies, and stops at white", () => {
    expect(after(bytes([0, 99, 200], 3), (image) => adjustBrightness(image, 1.5))).toEqual([0, 148, 255]);
  });

  it("contrast leads away from the mean of the grey picture", () => {
    // Mean 100: 0.5 · 50 + 50 and 0.5 · 150 + 50.
    expect(after(bytes([50, 150], 2), (image) => adjustContrast(image, 0.5))).toEqual([75, 125]);
    // Grey is floor(0.2989 · 100 + 0.587 · 50 + 0.114 · 10) = 60.
    expect(after(bytes([100, 50, 10], 1, 3), (image) => adjustContrast(image, 2))).toEqual([140, 40, 0]);
  });

  it("saturation leads away from grey, pixel by pixel", () => {
    expect(after(bytes([100, 50, 10], 1, 3), (image) => adjustSaturation(image, 0.5))).toEqual([80, 55, 35]);
    expect(after(bytes([100, 50, 10], 1, 3), makeGrey)).toEqual([60, 60, 60]);
  });

  it("hue goes round: a third of a turn brings red to green and green to blue, and leaves grey", () => {
    const picture = bytes([200, 0, 0, 0, 200, 0, 9, 9, 9], 3, 3);
    expect(after(picture, (image) => adjustHue(image, 1 / 3))).toEqual([0, 200, 0, 0, 0, 200, 9, 9, 9]);
  });

  it("invert, posterize, solarize", () => {
    expect(after(bytes([0, 55, 255], 3), invert)).toEqual([255, 200, 0]);
    expect(after(bytes([0b1011_0111, 0b0001_1111], 2), (image) => posterize(image, 3))).toEqual([
      0b1010_0000, 0,
    ]);
    expect(after(bytes([100, 127, 128, 255], 4), (image) => solarize(image, 0.5))).toEqual([
      100, 127, 127, 0,
    ]);
  });

  it("autocontrast stretches each channel, but none of one value", () => {
    expect(after(bytes([50, 7, 100, 7, 150, 7], 3, 2), autoContrast)).toEqual([0, 7, 127, 7, 255, 7]);
  });

  it("equalize makes a ramp of what is crowded", () => {
    // 512 values, half 10 and a quarter each of 20 and 30; the last do not count: step = floor(384 / 255) = 1.
    const crowded = [
      ...Array<number>(256).fill(10),
      ...Array<number>(128).fill(20),
      ...Array<number>(128).fill(30),
    ];
    const spread = after(bytes(crowded, 512), equalize);
    expect([spread[0], spread[300], spread[500]]).toEqual([0, 255, 255]);
    // Too few values to spread.
    expect(after(bytes([10, 20, 30], 3), equalize)).toEqual([10, 20, 30]);
  });

  it("sharpness blends the inside with its smooth form, and leaves the edge", () => {
    const picture = bytes([0, 0, 0, 0, 130, 0, 0, 0, 0], 3);
    // Smooth: 5 · 130 / 13 = 50.
    expect(after(picture, (image) => adjustSharpness(image, 0))).toEqual([0, 0, 0, 0, 50, 0, 0, 0, 0]);
  });

  it("blur spreads a point, mirrored at the edge", () => {
    // Weights of sigma 1 over three pixels: e^−½ : 1 : e^−½, that is 0.2741, 0.4519, 0.2741.
    const picture = bytes([0, 100, 0], 3);
    expect(after(picture, (image) => gaussianBlur(image, [1, 3], 1))).toEqual([55, 45, 55]);
  });
});

describe("float32 of 0…1", () => {
  const picture = bytes([200, 30, 10, 40, 60, 250, 128, 128, 128, 0, 255, 77], 2, 3);
  it.each<[string, (image: Image) => void]>([
    ["brightness", (image) => adjustBrightness(image, 0.7)],
    ["contrast", (image) => adjustContrast(image, 1.4)],
    ["saturation", (image) => adjustSaturation(image, 1.4)],
    ["hue", (image) => adjustHue(image, -0.2)],
    ["invert", invert],
    ["posterize", (image) => posterize(image, 4)],
    ["solarize", (image) => solarize(image, 0.3)],
    ["autocontrast", autoContrast],
    ["sharpness", (image) => adjustSharpness(image, 1.7)],
    ["blur", (image) => gaussianBlur(image, [3, 3], 0.8)],
    ["grey", makeGrey],
    ["equalize", equalize],
  ])("%s is what it is of bytes, but for rounding", (_, change) => {
    const ofBytes = { ...picture, pixels: picture.pixels.slice() };
    const ofFloats = floats(picture);
    change(ofBytes);
    change(ofFloats);
    ofFloats.pixels.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
      expect(Math.abs(value * 255 - ofBytes.pixels[i]!)).toBeLessThan(2);
    });
  });
});

it("equalize and posterize of float32 take whatever lies outside 0…1 for black or white", () => {
  const values = Float32Array.from({ length: 600 }, (_, i) => (i - 300) / 100);
  for (const change of [equalize, (image: Image) => posterize(image, 2)]) {
    const image: Image = { pixels: values.slice(), height: 1, width: 600, channels: 1 };
    change(image);
    expect(image.pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
  }
});

describe("ColorJitter", () => {
  const SHAPE = { count: 1, height: 1, width: 1, channels: 3 };

  it("draws each change from its range, in every order, and none that is 0", () => {
    const { sample } = colorJitter({ brightness: 0.4, contrast: [0.9, 2], saturation: 0, hue: 0.1 });
    const rng = Rng.fromSeed(0);
    const orders = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const drawn = sample!(rng, SHAPE, ANY_CONTEXT)!;
      orders.add(drawn.map(([name]) => name).join(" "));
      const { brightness, contrast, hue } = Object.fromEntries(drawn);
      expect(Math.abs(brightness! - 1)).toBeLessThanOrEqual(0.4);
      expect(contrast).toBeGreaterThanOrEqual(0.9);
      expect(contrast).toBeLessThanOrEqual(2);
      expect(Math.abs(hue!)).toBeLessThanOrEqual(0.1);
      expect(drawn).toHaveLength(3);
    }
    expect(orders.size).toBe(6);
  });

  it("never draws a negative brightness", () => {
    const { sample } = colorJitter({ brightness: 3, contrast: 0, saturation: 0, hue: 0 });
    const rng = Rng.fromSeed(0);
    for (let i = 0; i < 200; i++) expect(sample!(rng, SHAPE, ANY_CONTEXT)![0]![1]).toBeGreaterThanOrEqual(0);
  });
});

it("GaussianBlur refuses a kernel whose border the picture cannot mirror", () => {
  const { outputShape } = randomBlur({ kernelSize: [5, 9], sigma: 1 });
  expect(() => outputShape!({ count: 1, height: 4, width: 4, channels: 3 })).toThrow(ShapeError);
  expect(outputShape!({ count: 1, height: 3, width: 5, channels: 3 })).toMatchObject({ height: 3 });
});
