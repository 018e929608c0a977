/**
 * Pairs of pictures that show nearly the same. Their perceptual hashes propose (few bits differ), their pixels decide: by
 * how much the two correlate once the mean picture of the data set is taken off. Without that, X-rays of two patients or
 * two shirts before the same background would count as one picture.
 *
 * Hashes are found by their bands, as N. Norouzi, A. Punjani, D. Fleet 2012, Fast Search in Hamming Space with
 * Multi-Index Hashing, https://arxiv.org/abs/1307.2982: of five bands of two hashes that differ in eight bits, one differs
 * in no more than one.
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

export interface SimilarPair {
  /** Positions, first below second. */
  readonly first: number;
  readonly second: number;
}

/** After so long other work of the process has its turn. */
const TURN_MS = 30;

/**
 * @param grey uint8 [count, 32, 32].
 * @param options.minCorrelation of the pixels, up to 1 for the same.
 * @param options.isWanted asked before pixels are compared, which takes longest.
 * @param onPair called for every pair, in no particular order.
 * @throws the signal's reason once it is aborted.
 */
export async function findSimilar(
  grey: Uint8Array,
  options: {
    readonly minCorrelation: number;
    readonly isWanted: (pair: SimilarPair) => boolean;
    readonly signal?: AbortSignal | undefined;
  },
  onPair: (pair: SimilarPair) => void,
): Promise<void> {
  const hashes = new Hashes(grey);
  const correlate = createCorrelation(grey);
  let turnBegan = performance.now();
  for (const pair of hashes.closePairs()) {
    if (pair === null) {
      if (performance.now() - turnBegan < TURN_MS) continue;
      await setImmediate();
      options.signal?.throwIfAborted();
      turnBegan = performance.now();
      continue;
    }
    if (options.isWanted(pair) && correlate(pair.first, pair.second) >= options.minCorrelation) onPair(pair);
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

/** The hashes of pictures that have one, as two halves of 32 bits. */
class Hashes {
  /** Positions of the pictures. */
  readonly #positions: number[] = [];
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;

  constructor(grey: Uint8Array) {
    const hashes: string[] = [];
    for (let position = 0; position < grey.length / PRINT_BYTES; position++) {
      const hash = perceptualHash(grey.subarray(position * PRINT_BYTES, (position + 1) * PRINT_BYTES));
      if (hash === null) continue;
      this.#positions.push(position);
      hashes.push(hash);
    }
    this.#high = Uint32Array.from(hashes, (hash) => parseInt(hash.slice(0, 8), 16));
    this.#low = Uint32Array.from(hashes, (hash) => parseInt(hash.slice(8), 16));
  }

  /** Each pair once, whose hashes differ in `MOST_BITS` or fewer; null now and then, where others may have their turn. */
  *closePairs(): Generator<SimilarPair | null> {
    const bands = BANDS.map((band) => this.#bucketsOf(band));
    // Which hash was last compared with the one at hand: a pair may meet in several bands.
    const comparedWith = new Int32Array(this.#positions.length).fill(-1);
    for (let i = 0; i < this.#positions.length; i++) {
      yield null;
      for (const { keys, starts, members, bits } of bands) {
        const own = keys[i] as number;
        for (let flipped = -1; flipped < bits; flipped++) {
          const key = flipped < 0 ? own : own ^ (1 << flipped);
          for (let at = starts[key] as number; at < (starts[key + 1] as number); at++) {
            const j = members[at] as number;
            if (j >= i) break;
            if (comparedWith[j] === i) continue;
            comparedWith[j] = i;
            if (this.#distance(i, j) > MOST_BITS) continue;
            yield { first: this.#positions[j] as number, second: this.#positions[i] as number };
          }
        }
      }
    }
  }

  #distance(i: number, j: number): number {
    return (
      countBits((this.#high[i] as number) ^ (this.#high[j] as number)) +
      countBits((this.#low[i] as number) ^ (this.#low[j] as number))
    );
  }

  /** Of every hash its bits of a band, and the hashes (rising) that lie under each value of them. */
  #bucketsOf([from, bits]: (typeof BANDS)[number]) {
    const keys = Uint32Array.from(this.#positions, (_, i) => this.#bitsOf(i, from, bits));
    const starts = new Uint32Array(2 ** bits + 1);
    for (const key of keys) starts[key + 1]! += 1;
    for (let key = 0; key < 2 ** bits; key++) starts[key + 1]! += starts[key] as number;
    const next = starts.slice();
    const members = new Uint32Array(keys.length);
    keys.forEach((key, i) => (members[next[key]!++] = i));
    return { keys, starts, members, bits };
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
