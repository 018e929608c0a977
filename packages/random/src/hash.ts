/**
 * Stable hashes of text, for decisions that must come out the same for ever: which picture goes into the
 * validation split, which ones a limit keeps. The first word of MurmurHash3_x86_128 over the UTF-8 bytes.
 */
import { murmur3 } from "./murmur3.js";

/** @param seed uint32. @returns an integer in [0, 2³²). */
export function hashToUint32(text: string, seed: number): number {
  return murmur3(new TextEncoder().encode(text), seed)[0];
}

/** @param seed uint32. @returns a number in [0, 1), a multiple of 2⁻³². */
export function hashToUnit(text: string, seed: number): number {
  return hashToUint32(text, seed) / 2 ** 32;
}
