/**
 * Random numbers for a run: seeded, splittable, with a state that is JSON.
 *
 * Two parts. A *key* of 128 bits names the stream: the hash of the path of splits from the seed, so a child
 * depends on where it stands and never on how many numbers its parent drew (the idea of splittable generators:
 * Claessen & Pałka 2013, https://doi.org/10.1145/2503778.2503784, and JAX's `random.fold_in`). From the key the
 * numbers come by xoshiro128** 1.1 (Blackman & Vigna 2018, https://prng.di.unimi.it/xoshiro128starstar.c).
 * Not for secrets.
 */
import { murmur3, type Hash128 } from "./murmur3.js";

/** What `toJSON` gives; all words are uint32. */
export interface RngState {
  readonly algorithm: "xoshiro128**";
  /** Names the stream; splits depend on nothing else. */
  readonly key: Hash128;
  /** Where in the stream the next number is. */
  readonly state: Hash128;
}

export class RngStateError extends Error {
  override readonly name = "RngStateError";
}

export class Rng {
  readonly #key: Hash128;
  /** As int32: V8 keeps those unboxed in an array, which uint32 are not. */
  readonly #state: Hash128;

  private constructor(key: Hash128, state: Hash128) {
    this.#key = key;
    this.#state = [state[0] | 0, state[1] | 0, state[2] | 0, state[3] | 0];
  }

  /** @throws {RangeError} if a number is not a safe integer. */
  static fromSeed(seed: number | string): Rng {
    return Rng.#childOf([0, 0, 0, 0], seed);
  }

  /** @throws {RngStateError} if the value is not what `toJSON` gave. */
  static fromJSON(value: RngState): Rng {
    if (
      value?.algorithm !== "xoshiro128**" ||
      !isHash128(value.key) ||
      !isHash128(value.state) ||
      value.state.every((word) => word === 0)
    ) {
      throw new RngStateError(
        `Expected the JSON of an Rng: algorithm "xoshiro128**", key and state of four uint32 words, ` +
          `state not all zero. Received: ${JSON.stringify(value)?.slice(0, 200)}.`,
      );
    }
    return new Rng([...value.key], value.state);
  }

  /**
   * An independent stream. It depends on this one's place in the tree and on `key` alone, never on how many
   * numbers were drawn; the string "1" and the number 1 are different keys.
   * @throws {RangeError} if a number is not a safe integer.
   */
  split(key: string | number): Rng {
    return Rng.#childOf(this.#key, key);
  }

  /** @returns an integer in [0, 2³²). */
  nextUint32(): number {
    const s = this.#state;
    const s0 = s[0];
    const s1 = s[1];
    const s2 = s[2] ^ s0;
    const s3 = s[3] ^ s1;
    const product = Math.imul(s1, 5);
    s[0] = s0 ^ s3;
    s[1] = s1 ^ s2;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    return Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
  }

  /** @returns a number in [0, 1) with 53 random bits; draws two words. */
  uniform(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /**
   * Every integer in [0, maxExclusive) alike: words beyond the last whole multiple are drawn again.
   * @throws {RangeError} if `maxExclusive` is not an integer from 1 to 2³².
   */
  int(maxExclusive: number): number {
    if (!Number.isInteger(maxExclusive) || maxExclusive < 1 || maxExclusive > 2 ** 32) {
      throw new RangeError(`Expected an integer from 1 to 2^32. Received: ${maxExclusive}.`);
    }
    const limit = 2 ** 32 - (2 ** 32 % maxExclusive);
    let word = this.nextUint32();
    while (word >= limit) word = this.nextUint32();
    return word % maxExclusive;
  }

  /**
   * Mean 0, variance 1. Box & Muller 1958, one of the pair, so that no number is kept between calls.
   * `Math.log` and `Math.cos` may differ in the last bit between JavaScript engines.
   */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /**
   * The gamma distribution of a shape and a scale of 1: mean and variance are `shape`. Marsaglia & Tsang 2000,
   * "A Simple Method for Generating Gamma Variables", with their § 6 for shapes below 1. Two divided by their sum are of
   * the beta distribution, several of the Dirichlet distribution.
   * @throws {RangeError} if `shape` is not above 0.
   */
  gamma(shape: number): number {
    if (!(shape > 0)) throw new RangeError(`Expected a shape above 0. Received: ${shape}.`);
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /**
   * The Poisson distribution: a count from 0 up whose mean and variance are `mean`. Below 10 by Knuth's product of uniforms
   * (TAOCP 2, § 3.4.1), above by PTRS (Hörmann 1993, "The transformed rejection method for generating Poisson random
   * variables"), as NumPy does.
   * @throws {RangeError} if `mean` is not a finite number from 0 up.
   */
  poisson(mean: number): number {
    if (!(mean >= 0 && mean < Infinity)) {
      throw new RangeError(`Expected a finite mean from 0 up. Received: ${mean}.`);
    }
    if (mean < 10) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
      return count;
    }
    const logMean = Math.log(mean);
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const squeeze = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const u = this.uniform() - 0.5;
      const v = this.uniform();
      const us = 0.5 - Math.abs(u);
      const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= squeeze) return count;
      if (count < 0 || (us < 0.013 && v > us)) continue;
      const height = Math.log((v * inverseAlpha) / (a / us ** 2 + b));
      if (height <= count * logMean - mean - logFactorial(count)) return count;
    }
  }

  /** True with probability `p`. */
  bernoulli(p: number): boolean {
    return this.uniform() < p;
  }

  /** Shuffles in place and returns the same array. Fisher–Yates (Durstenfeld 1964), from the end. */
  shuffle<T>(array: T[]): T[] {
    for (let last = array.length - 1; last > 0; last--) {
      const other = this.int(last + 1);
      const kept = array[last] as T;
      array[last] = array[other] as T;
      array[other] = kept;
    }
    return array;
  }

  /** 0 … n − 1 in random order. */
  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    // "Inside-out" Fisher–Yates (Knuth, TAOCP 2, §3.4.2): filled and shuffled in one pass.
    for (let i = 0; i < n; i++) {
      const other = this.int(i + 1);
      order[i] = order[other] as number;
      order[other] = i;
    }
    return order;
  }

  toJSON(): RngState {
    return {
      algorithm: "xoshiro128**",
      key: [...this.#key],
      state: this.#state.map((word) => word >>> 0) as Hash128,
    };
  }

  /** The child's key is the hash of its path, and its first state is its key. */
  static #childOf(parent: Hash128, key: string | number): Rng {
    const childKey = murmur3(encodePath(parent, key), 0);
    return new Rng(childKey, childKey);
  }
}

/** ln n!, by Stirling's series where it is exact to 1e-10. */
function logFactorial(n: number): number {
  if (n < 16) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  return (
    (n + 0.5) * Math.log(n) -
    n +
    0.5 * Math.log(2 * Math.PI) +
    1 / (12 * n) -
    1 / (360 * n ** 3) +
    1 / (1260 * n ** 5)
  );
}

/** The bytes that name a child: its parent's key, the kind of key (0: int64, 1: text), the key. */
function encodePath(parent: Hash128, key: string | number): Uint8Array {
  const payload = typeof key === "string" ? new TextEncoder().encode(key) : encodeInteger(key);
  const bytes = new Uint8Array(17 + payload.length);
  parent.forEach((word, i) => writeWord(bytes, i * 4, word));
  bytes[16] = typeof key === "string" ? 1 : 0;
  bytes.set(payload, 17);
  return bytes;
}

function encodeInteger(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`Expected a string or a safe integer as seed or key. Received: ${value}.`);
  }
  const bytes = new Uint8Array(8);
  writeWord(bytes, 0, value);
  writeWord(bytes, 4, Math.floor(value / 2 ** 32));
  return bytes;
}

/** The low 32 bits of an integer, little-endian. */
function writeWord(bytes: Uint8Array, at: number, integer: number): void {
  bytes[at] = integer;
  bytes[at + 1] = integer >>> 8;
  bytes[at + 2] = integer >>> 16;
  bytes[at + 3] = integer >>> 24;
}

function isHash128(words: unknown): words is Hash128 {
  return (
    Array.isArray(words) &&
    words.length === 4 &&
    words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)
  );
}
