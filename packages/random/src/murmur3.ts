/**
 * MurmurHash3, the 128-bit variant for 32-bit machines (`MurmurHash3_x86_128`): quick, well mixed, the same on
 * every platform, not cryptographic. Seeds and data splits hang on it, so its values must never change.
 * Austin Appleby, public domain, https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */

export type Hash128 = [number, number, number, number];

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/** Four uint32 words, in the order the reference writes them. @param seed uint32. */
export function murmur3(bytes: Uint8Array, seed: number): Hash128 {
  let h1 = seed | 0;
  let h2 = seed | 0;
  let h3 = seed | 0;
  let h4 = seed | 0;
  const wholeBlocks = bytes.length & ~15;

  for (let start = 0; start < wholeBlocks; start += 16) {
    h1 ^= scramble(readWord(bytes, start), C1, 15, C2);
    h1 = (Math.imul(rotateLeft(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= scramble(readWord(bytes, start + 4), C2, 16, C3);
    h2 = (Math.imul(rotateLeft(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= scramble(readWord(bytes, start + 8), C3, 17, C4);
    h3 = (Math.imul(rotateLeft(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= scramble(readWord(bytes, start + 12), C4, 18, C1);
    h4 = (Math.imul(rotateLeft(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  // Bytes beyond the end read as 0, and a word of 0 changes nothing: that is the reference's switch over the tail.
  h1 ^= scramble(readWord(bytes, wholeBlocks), C1, 15, C2);
  h2 ^= scramble(readWord(bytes, wholeBlocks + 4), C2, 16, C3);
  h3 ^= scramble(readWord(bytes, wholeBlocks + 8), C3, 17, C4);
  h4 ^= scramble(readWord(bytes, wholeBlocks + 12), C4, 18, C1);

  const mixed = addAcross([h1 ^ bytes.length, h2 ^ bytes.length, h3 ^ bytes.length, h4 ^ bytes.length]);
  return addAcross(mixed.map(finalMix) as Hash128);
}

function readWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function scramble(word: number, before: number, turn: number, after: number): number {
  return Math.imul(rotateLeft(Math.imul(word, before), turn), after);
}

function rotateLeft(word: number, turn: number): number {
  return (word << turn) | (word >>> (32 - turn));
}

function addAcross([h1, h2, h3, h4]: Hash128): Hash128 {
  const sum = (h1 + h2 + h3 + h4) >>> 0;
  return [sum, (h2 + sum) >>> 0, (h3 + sum) >>> 0, (h4 + sum) >>> 0];
}

function finalMix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
