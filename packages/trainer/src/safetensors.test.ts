import { SafetensorsFormatError } from "@convkit/models";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, type NamedArrays } from "./safetensors.js";

const ARRAYS: NamedArrays = {
  "conv1/kernel": { shape: [2, 2], data: Float32Array.of(1, Number.NaN, -0, Number.POSITIVE_INFINITY) },
  "": { shape: [0, 3], data: new Float32Array() },
  count: { shape: [], data: Int32Array.of(-7) },
};

describe("encodeSafetensors", () => {
  it("writes length, JSON header and little-endian numbers, as the format says", () => {
    const bytes = encodeSafetensors({ a: { shape: [1], data: Float32Array.of(1) } }, { who: "é" });
    const header = `{"__metadata__":{"who":"é"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`;
    const length = new DataView(bytes.buffer).getUint32(0, true);
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(header);
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it("gives back bit for bit what it was given", () => {
    const { arrays, metadata } = decodeSafetensors(encodeSafetensors(ARRAYS, { state: "{}" }));
    expect(metadata).toEqual({ state: "{}" });
    expect(arrays).toEqual(ARRAYS);
    expect(Object.is(arrays["conv1/kernel"]!.data[2], -0)).toBe(true);
  });
});

describe("decodeSafetensors", () => {
  const whole = encodeSafetensors(ARRAYS, { state: "{}" });

  it("refuses every cut of a file", () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeSafetensors(whole.subarray(0, length))).toThrow(SafetensorsFormatError);
    }
  });

  it("refuses bytes that no tensor names", () => {
    expect(() => decodeSafetensors(Buffer.concat([whole, Buffer.alloc(4)]))).toThrow(SafetensorsFormatError);
  });

  it.each([
    "null",
    "[]",
    "{",
    `{"a":null}`,
    `{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`,
    `{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,-4]}}`,
    `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`,
    `{"a":{"dtype":"F32","shape":[1e300],"data_offsets":[0,4e300]}}`,
  ])("refuses the header %s", (header) => {
    const bytes = new Uint8Array(8 + header.length + 8);
    new DataView(bytes.buffer).setUint32(0, header.length, true);
    bytes.set(new TextEncoder().encode(header), 8);
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsFormatError);
  });

  it("either decodes or refuses a file with any byte changed", () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(change, ({ at, to }) => {
        const altered = Uint8Array.from(whole);
        altered[at] = to;
        try {
          decodeSafetensors(altered);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsFormatError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
