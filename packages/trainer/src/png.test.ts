import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodePng } from "./png.js";

/** Chunks by type, and the lines of pixels that IDAT holds, each behind its filter byte. */
function readChunks(png: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(png);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    chunks.set(bytes.toString("latin1", at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}

describe("encodePng", () => {
  it("writes a header and unfiltered lines", () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    const chunks = readChunks(encodePng({ data, height: 1, width: 4, channels: 3 }));
    expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
    expect([...chunks.get("IHDR")!]).toEqual([0, 0, 0, 4, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
    expect([...inflateSync(chunks.get("IDAT")!)]).toEqual([0, ...data]);
  });

  it("knows grey and RGBA", () => {
    for (const [channels, colourType] of [
      [1, 0],
      [4, 6],
    ] as const) {
      const data = new Uint8Array(2 * 3 * channels);
      const chunks = readChunks(encodePng({ data, height: 2, width: 3, channels }));
      expect(chunks.get("IHDR")![9]).toBe(colourType);
      expect(inflateSync(chunks.get("IDAT")!)).toHaveLength(2 * (1 + 3 * channels));
    }
  });

  it("gives the bytes of a known picture", () => {
    // The IEND chunk and its CRC are the same in every PNG: AE 42 60 82.
    const png = encodePng({ data: Uint8Array.of(255), height: 1, width: 1, channels: 1 });
    expect(Buffer.from(png.slice(-12)).toString("hex")).toBe("0000000049454e44ae426082");
    expect(Buffer.from(png.slice(0, 8)).toString("hex")).toBe("89504e470d0a1a0a");
  });

  it("refuses other numbers of channels", () => {
    expect(() => encodePng({ data: new Uint8Array(2), height: 1, width: 1, channels: 2 })).toThrow(
      "Expected 1, 3 or 4 channels. Received: 2.",
    );
  });
});
