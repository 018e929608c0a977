import { describe, expect, it } from "vitest";
import { murmur3 } from "./murmur3.js";

describe("murmur3", () => {
  it("gives SMHasher's verification value for MurmurHash3_x86_128", () => {
    // KeysetTest.cpp `VerificationTest`: hash {}, {0}, {0,1} … with seed 256 − length, then hash the hashes.
    const hashes = new Uint8Array(256 * 16);
    const view = new DataView(hashes.buffer);
    for (let length = 0; length < 256; length++) {
      const key = Uint8Array.from({ length }, (_, i) => i);
      murmur3(key, 256 - length).forEach((word, i) => view.setUint32(length * 16 + i * 4, word, true));
    }
    expect(murmur3(hashes, 0)[0]).toBe(0xb3ece62a);
  });

  it("is all zero for nothing with seed 0, as the formula says", () => {
    expect(murmur3(new Uint8Array(), 0)).toEqual([0, 0, 0, 0]);
  });

  it("tells a text from the same text with zero bytes after it", () => {
    const short = murmur3(Uint8Array.of(7), 0);
    const padded = murmur3(Uint8Array.of(7, 0), 0);
    expect(short).not.toEqual(padded);
  });
});
