/**
 * What changes each value by its size alone, in place; torchvision's `invert`, `posterize`, `solarize`, `autocontrast`
 * and `equalize` of tensors, and Pillow's ImageOps before them
 * (https://github.com/pytorch/vision/blob/main/torchvision/transforms/v2/functional/_color.py). Values of float32 are
 * 0…1 where bytes are 0…255.
 */
import { brightestOf, byteTable, mapValues, type Image } from "../image.js";
import { changeBytes } from "../kernels/simd-colors.js";

export function invert(image: Image): void {
  if (changeBytes(image, (bytes) => bytes.flipAndKeep({ least: 0, flip: 0xff, keep: 0xff }))) return;
  const brightest = brightestOf(image.pixels);
  mapValues(image, (value) => brightest - value);
}

/** @param bits 0…8 that each value keeps, the highest ones. */
export function posterize(image: Image, bits: number): void {
  const mask = (0xff << (8 - bits)) & 0xff;
  if (changeBytes(image, (bytes) => bytes.flipAndKeep({ least: 0, flip: 0, keep: mask }))) return;
  const levels = 1 << bits;
  const isBytes = image.pixels instanceof Uint8Array;
  mapValues(image, (value) =>
    isBytes ? value & mask : Math.min(Math.max(Math.floor(value * levels), 0), levels - 1) / levels,
  );
}

/** @param threshold 0…1 of white: values from it up are inverted. */
export function solarize(image: Image, threshold: number): void {
  const brightest = brightestOf(image.pixels);
  const least = Math.max(Math.ceil(threshold * 255), 0);
  const flip = least > 255 ? 0 : 0xff;
  if (changeBytes(image, (bytes) => bytes.flipAndKeep({ least, flip, keep: 0xff }))) return;
  mapValues(image, (value) => (value >= threshold * brightest ? brightest - value : value));
}

/** Stretches each channel so that its darkest value is black and its brightest white. */
export function autoContrast(image: Image): void {
  const { pixels, channels } = image;
  const brightest = brightestOf(pixels);
  const stretchedFrom = (least: number, most: number) => {
    const scale = Math.fround((most - least) / brightest);
    return (value: number) => Math.min(Math.fround((value - least) / scale), brightest);
  };
  const tableOf = (least: number, most: number) =>
    byteTable(most <= least ? (value) => value : stretchedFrom(least, most));
  const isDone = changeBytes(image, (bytes) => {
    const { least, most } = bytes.extremes();
    bytes.map(least.map((value, channel) => tableOf(value, most[channel] as number)));
  });
  if (isDone) return;
  for (let c = 0; c < channels; c++) {
    let [least, most] = [Infinity, -Infinity];
    for (let i = c; i < pixels.length; i += channels) {
      const value = pixels[i] as number;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (most <= least) continue;
    if (pixels instanceof Uint8Array) {
      const table = tableOf(least, most);
      for (let i = c; i < pixels.length; i += channels) pixels[i] = table[pixels[i] as number] as number;
    } else {
      const stretched = stretchedFrom(least, most);
      for (let i = c; i < pixels.length; i += channels) pixels[i] = stretched(pixels[i] as number);
    }
  }
}

/**
 * Spreads each channel's values so that all are about as frequent: Pillow's scheme, in whole numbers. Float32 is
 * brought to bytes for it, as torchvision does: every byte has an equal share of 0…1.
 */
export function equalize(image: Image): void {
  const { pixels, channels } = image;
  const total = pixels.length / channels;
  const isDone = changeBytes(image, (bytes) =>
    bytes.map(
      bytes.histograms().map((histogram) => equalizingTable(histogram, total) ?? byteTable((value) => value)),
    ),
  );
  if (isDone) return;
  const isBytes = pixels instanceof Uint8Array;
  const levelOf = (value: number) =>
    isBytes ? value : Math.min(Math.max(Math.floor(value * 255.999), 0), 255);
  for (let c = 0; c < channels; c++) {
    const histogram = new Uint32Array(256);
    for (let i = c; i < pixels.length; i += channels) histogram[levelOf(pixels[i] as number)]! += 1;
    const table = equalizingTable(histogram, total);
    if (table === null) continue;
    for (let i = c; i < pixels.length; i += channels) {
      const level = table[levelOf(pixels[i] as number)] as number;
      pixels[i] = isBytes ? level : level / 255;
    }
  }
}

/** @returns null where there is too little to spread. */
function equalizingTable(histogram: Uint32Array, total: number): Uint8Array | null {
  const last = histogram.findLastIndex((count) => count > 0);
  const step = Math.floor((total - (histogram[last] ?? 0)) / 255);
  if (step === 0) return null;
  const table = new Uint8Array(256);
  let below = 0;
  for (let value = 0; value < 256; value++) {
    table[value] = Math.min(Math.floor((below + Math.floor(step / 2)) / step), 255);
    below += histogram[value] as number;
  }
  return table;
}
