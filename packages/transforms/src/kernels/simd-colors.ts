/** A picture's bytes in the memory of WebAssembly, where its colours and tones are changed sixteen values at once. */
import type { Image } from "../image.js";
import { Room, simdMemory, type SimdMemory } from "./simd-memory.js";

/** What values a picture has, channel by channel. */
export interface ChannelExtremes {
  readonly least: readonly number[];
  readonly most: readonly number[];
}

/**
 * Lets `change` work on a picture of bytes.
 * @returns false where there are no kernels for such a picture: then nothing was done.
 */
export function changeBytes({ pixels, channels }: Image, change: (bytes: BytesInMemory) => void): boolean {
  const memory = pixels instanceof Uint8Array ? simdMemory(channels) : null;
  if (memory === null) return false;
  const room = new Room();
  const [at, tables] = [room.take(pixels.length), room.take(TABLE_BYTES)];
  if (!memory.reserve(room.bytes)) return false;
  memory.bytes.set(pixels, at);
  change(new BytesInMemory(memory, { at, tables, count: pixels.length, channels }));
  pixels.set(memory.bytes.subarray(at, at + pixels.length));
  return true;
}

/** Of what the kernels read and write beside the picture: six histograms of uint32 are the most. */
const TABLE_BYTES = 6 * 256 * 4;

/** Of whose bytes `findExtremes` knows the least and the most: a multiple of 1 and of 3. */
const EXTREMES = 48;

export class BytesInMemory {
  readonly #memory: SimdMemory;
  readonly #at: number;
  readonly #tables: number;
  readonly #count: number;
  readonly #channels: number;

  constructor(
    memory: SimdMemory,
    { at, tables, count, channels }: { at: number; tables: number; count: number; channels: number },
  ) {
    this.#memory = memory;
    this.#at = at;
    this.#tables = tables;
    this.#count = count;
    this.#channels = channels;
  }

  /** Of bytes from `least` up the bits of `flip` are turned over; of all bytes the bits of `keep` are kept. */
  flipAndKeep({ least, flip, keep }: { least: number; flip: number; keep: number }): void {
    this.#memory.exports.flipAndKeep(this.#at, this.#count, least, flip, keep);
  }

  /** @param tables what each byte becomes: one table of 256 for all channels, or one for each. */
  map(tables: readonly Uint8Array[]): void {
    for (let i = 0; i < 3; i++) {
      this.#memory.bytes.set(tables[i % tables.length] as Uint8Array, this.#tables + 256 * i);
    }
    this.#memory.exports.mapBytes(this.#at, this.#count, this.#tables);
  }

  /** @returns how often each byte occurs, uint32 [256] of each channel. */
  histograms(): Uint32Array[] {
    const { exports, bytes } = this.#memory;
    exports.countBytes(this.#at, this.#count, this.#tables);
    return Array.from({ length: this.#channels }, (_, channel) => {
      const sum = new Uint32Array(256);
      for (let table = channel; table < 6; table += this.#channels) {
        const counted = new Uint32Array(bytes.buffer, this.#tables + 1024 * table, 256);
        for (let value = 0; value < 256; value++) sum[value]! += counted[value] as number;
      }
      return sum;
    });
  }

  extremes(): ChannelExtremes {
    const { exports, bytes } = this.#memory;
    // The kernel wants a whole block: the first pixel once more does not matter.
    for (let i = this.#count; i < EXTREMES; i++)
      bytes[this.#at + i] = bytes[this.#at + (i % this.#channels)] as number;
    exports.findExtremes(this.#at, Math.max(this.#count, EXTREMES), this.#tables);
    const [least, most] = [
      new Array<number>(this.#channels).fill(255),
      new Array<number>(this.#channels).fill(0),
    ];
    for (let i = 0; i < EXTREMES; i++) {
      const channel = i % this.#channels;
      least[channel] = Math.min(least[channel] as number, bytes[this.#tables + i] as number);
      most[channel] = Math.max(most[channel] as number, bytes[this.#tables + EXTREMES + i] as number);
    }
    return { least, most };
  }

  // Of pictures of three channels.

  makeGrey(): void {
    this.#memory.exports.makeGrey3(this.#at, this.#count / 3);
  }

  /** @returns the sum of the grey picture. */
  sumGrey(): number {
    return this.#memory.exports.sumGrey3(this.#at, this.#count / 3);
  }

  /** factor · picture + rest · grey picture. */
  saturate(factor: number, rest: number): void {
    this.#memory.exports.saturate3(this.#at, this.#count / 3, factor, rest);
  }

  /** @param sixths of the whole turn, −3…3. */
  turnHue(sixths: number): void {
    this.#memory.exports.turnHue3(this.#at, this.#count / 3, sixths);
  }
}

/**
 * `adjustSharpness`.
 * @param rest 1 − factor, as float32.
 * @returns false where there is no kernel for such a picture: then nothing was done.
 */
export function sharpenBytes({ pixels, height, width, channels }: Image, rest: number): boolean {
  const memory = pixels instanceof Uint8Array ? simdMemory(channels) : null;
  if (memory === null) return false;
  const room = new Room();
  const [source, target] = [room.take(pixels.length), room.take(pixels.length)];
  if (!memory.reserve(room.bytes)) return false;
  memory.bytes.set(pixels, source);
  const rowBytes = width * channels;
  // The first row and the first pixel of the second: the kernel sees to the rest of the edge.
  memory.bytes.copyWithin(target, source, source + rowBytes + channels);
  memory.exports.sharpen(source, target, height, rowBytes, channels, rest);
  pixels.set(memory.bytes.subarray(target, target + pixels.length));
  return true;
}

/**
 * The sum of pictures of bytes, each by its weight, the first of them included and written to.
 * @returns false where they are too many: then nothing was done.
 */
export function mixBytes(images: readonly Uint8Array[], weights: readonly number[]): boolean {
  const memory = simdMemory(1);
  if (memory === null) return false;
  const target = images[0] as Uint8Array;
  const stride = Math.ceil(target.length / 16) * 16;
  const room = new Room();
  const [sources, mixed, weightsAt] = [
    room.take(stride * images.length),
    room.take(stride),
    room.take(8 * weights.length),
  ];
  if (!memory.reserve(room.bytes)) return false;
  images.forEach((image, i) => memory.bytes.set(image, sources + stride * i));
  new Float64Array(memory.bytes.buffer, weightsAt, weights.length).set(weights);
  memory.exports.mixBytes(mixed, target.length, sources, images.length, stride, weightsAt);
  target.set(memory.bytes.subarray(mixed, mixed + target.length));
  return true;
}
