/**
 * Pairs of pictures that show nearly the same. Their perceptual hashes propose (few bits differ), their pixels decide: by
 * how much the two correlate once the mean picture of the data set is taken off. Without that, X-rays of two patients or
 * two shirts before the same background would count as one picture.
 *
 * Hashes are found by their bands, as N. Norouzi, A. Punjani, D. Fleet 2012, Fast Search in Hamming Space with
 * Multi-Index Hashing, https://arxiv.org/abs/1307.2982: of five bands of two hashes that differ in eight bits, one differs
 * in no more than one.
 *
 * A film of a camera that stands still has as many pairs as the square of its frames. Two bounds keep the work to the
 * number of pictures: one that another stands for is not proposed to later ones, and each is compared with no more than
 * `MOST_COMPARED`, of hashes that are nearest.
 */
import { setImmediate } from "node:timers/promises";
import { perceptualHash } from "../pictures/perceptual-hash.js";
import { PRINT_BYTES } from "./picture-prints.js";

/** Bits of 64 in which the hashes of two copies may differ: scaled, compressed again or lighter ones differ in 8 at most. */
const MOST_BITS = 8;

/** [first bit, bits] from the right. */
const BANDS = [
  [0, 13],
  [13, 13],
  [26, 13],
  [39, 13],
  [52, 12],
] as const;

/** So many pictures weigh as much as a mean picture without any: in a small set it would hold too much of each. */
const MEAN_WEIGHT = 100;

/** Of the squares of all pixels; less is rounding. */
const SMALLEST_SPREAD = 1e-3;

/** Pixels of one picture with those of others: where more hashes are close, the nearest are compared. */
const MOST_COMPARED = 2000;

/** Hashes that are looked at for one picture, in the order of the bands. Only where most pictures share a band are there more. */
const MOST_HASHES = 50_000;

export interface SimilarPair {
  /** Positions, first below second. */
  readonly first: number;
  readonly second: number;
}

/** After so long other work of the process has its turn. */
const TURN_MS = 30;

export interface FindSimilarOptions {
  /** From `createCorrelation`. */
  readonly correlate: (first: number, second: number) => number;
  /** Of the pixels, up to 1 for the same. */
  readonly minCorrelation: number;
  /** Asked before pixels are compared, which takes longest. */
  readonly isWanted: (pair: SimilarPair) => boolean;
  /** Of one picture with earlier ones; 2,000 if left out. */
  readonly mostCompared?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param grey uint8 [count, 32, 32].
 * @param onPair called for pairs as they are found, `second` rising. Returns whether the first stands for the second:
 * then no later picture is compared with that.
 * @throws the signal's reason once it is aborted.
 */
export async function findSimilar(
  grey: Uint8Array,
  { correlate, minCorrelation, isWanted, mostCompared = MOST_COMPARED, signal }: FindSimilarOptions,
  onPair: (pair: SimilarPair, correlation: number) => boolean,
): Promise<void> {
  const hashes = new Hashes(grey);
  let turnBegan = performance.now();
  for (const second of hashes.positions) {
    if (performance.now() - turnBegan >= TURN_MS) {
      await setImmediate();
      signal?.throwIfAborted();
      turnBegan = performance.now();
    }
    let compared = 0;
    let isStoodFor = false;
    for (const first of hashes.closeTo(second)) {
      const pair = { first, second };
      if (!isWanted(pair)) continue;
      if (compared++ === mostCompared) break;
      const correlation = correlate(first, second);
      if (correlation >= minCorrelation && onPair(pair, correlation)) isStoodFor = true;
    }
    if (!isStoodFor) hashes.add(second);
  }
}

/** @returns the correlation of two pictures from which the mean picture is taken, −1…1. */
export function createCorrelation(grey: Uint8Array): (first: number, second: number) => number {
  const mean = meanPicture(grey);
  return (first, second) => {
    let [sum1, sum2, products, squares1, squares2] = [0, 0, 0, 0, 0];
    for (let i = 0; i < PRINT_BYTES; i++) {
      const one = (grey[first * PRINT_BYTES + i] as number) - (mean[i] as number);
      const two = (grey[second * PRINT_BYTES + i] as number) - (mean[i] as number);
      sum1 += one;
      sum2 += two;
      products += one * two;
      squares1 += one * one;
      squares2 += two * two;
    }
    const spread1 = squares1 - (sum1 * sum1) / PRINT_BYTES;
    const spread2 = squares2 - (sum2 * sum2) / PRINT_BYTES;
    if (Math.min(spread1, spread2) < SMALLEST_SPREAD) return 0;
    return (products - (sum1 * sum2) / PRINT_BYTES) / Math.sqrt(spread1 * spread2);
  };
}

function meanPicture(grey: Uint8Array): Float64Array {
  const mean = new Float64Array(PRINT_BYTES);
  const count = grey.length / PRINT_BYTES;
  for (let i = 0; i < grey.length; i++) mean[i % PRINT_BYTES]! += grey[i] as number;
  return mean.map((sum) => sum / (count + MEAN_WEIGHT));
}

/** The hashes of pictures that have one, as two halves of 32 bits, and those of them that are proposed by their bands. */
class Hashes {
  /** Of the pictures that have a hash, rising. */
  readonly positions: readonly number[];
  /** By position. */
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  /** Of each band: the last picture that was added under each value of its bits, and before it, of each picture, the next; −1: none. */
  readonly #bands: readonly { readonly heads: Int32Array; readonly nexts: Int32Array }[];
  /** With which picture each was looked at last: a pair may meet in several bands. */
  readonly #seenFor: Int32Array;

  constructor(grey: Uint8Array) {
    const count = grey.length / PRINT_BYTES;
    const positions: number[] = [];
    this.#high = new Uint32Array(count);
    this.#low = new Uint32Array(count);
    for (let position = 0; position < count; position++) {
      const hash = perceptualHash(grey.subarray(position * PRINT_BYTES, (position + 1) * PRINT_BYTES));
      if (hash === null) continue;
      positions.push(position);
      this.#high[position] = parseInt(hash.slice(0, 8), 16);
      this.#low[position] = parseInt(hash.slice(8), 16);
    }
    this.positions = positions;
    this.#bands = BANDS.map(([, bits]) => ({
      heads: new Int32Array(2 ** bits).fill(-1),
      nexts: new Int32Array(count).fill(-1),
    }));
    this.#seenFor = new Int32Array(count).fill(-1);
  }

  /** From now on it is proposed to others. */
  add(position: number): void {
    BANDS.forEach(([from, bits], band) => {
      const { heads, nexts } = this.#bands[band]!;
      const key = this.#bitsOf(position, from, bits);
      nexts[position] = heads[key] as number;
      heads[key] = position;
    });
  }

  /** Of those that were added, the ones whose hashes differ in `MOST_BITS` or fewer, the nearest first. */
  closeTo(position: number): number[] {
    const byDistance: number[][] = Array.from({ length: MOST_BITS + 1 }, () => []);
    let left = MOST_HASHES;
    BANDS.forEach(([from, bits], band) => {
      const { heads, nexts } = this.#bands[band]!;
      const own = this.#bitsOf(position, from, bits);
      for (let flipped = -1; flipped < bits; flipped++) {
        const key = flipped < 0 ? own : own ^ (1 << flipped);
        for (let at = heads[key] as number; at >= 0 && left > 0; at = nexts[at] as number) {
          if (this.#seenFor[at] === position) continue;
          this.#seenFor[at] = position;
          left--;
          byDistance[this.#distance(position, at)]?.push(at);
        }
      }
    });
    return byDistance.flat();
  }

  #distance(i: number, j: number): number {
    return (
      countBits((this.#high[i] as number) ^ (this.#high[j] as number)) +
      countBits((this.#low[i] as number) ^ (this.#low[j] as number))
    );
  }

  #bitsOf(i: number, from: number, bits: number): number {
    const low = this.#low[i] as number;
    const high = this.#high[i] as number;
    const shifted =
      from >= 32 ? high >>> (from - 32) : from === 0 ? low : (low >>> from) | (high << (32 - from));
    return shifted & (2 ** bits - 1);
  }
}

/** H. S. Warren, Hacker's Delight, figure 5-2. */
function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}
