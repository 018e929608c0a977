import { describe, expect, it } from "vitest";
import { readSafetensors, SafetensorsFormatError } from "./read-safetensors.js";

/** @param body bytes of tensors. */
function fileOf(header: string, body: number): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + body).map((_, i) => i);
  bytes.set([header.length & 0xff, header.length >> 8, 0, 0, 0, 0, 0, 0]);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}

describe("readSafetensors", () => {
  it("takes tensors in any order of the header, and shares the file's memory", () => {
    const header = `{"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]},"a":{"dtype":"F16","shape":[],"data_offsets":[0,2]}}`;
    const file = fileOf(header, 4);
    const { tensors } = readSafetensors(file);
    expect([...tensors.keys()]).toEqual(["b", "a"]);
    expect(tensors.get("b")).toMatchObject({ type: "U8", shape: [2] });
    expect(tensors.get("b")!.bytes.buffer).toBe(file.buffer);
    expect(tensors.get("a")!.bytes.byteOffset).toBe(8 + header.length);
  });

  it.each([
    [
      "overlap",
      `{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}`,
    ],
    [
      "leave a gap",
      `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}`,
    ],
    ["end behind the file", `{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}`],
    ["begin before it", `{"a":{"dtype":"U8","shape":[8],"data_offsets":[-4,4]}}`],
    ["have another size than their shape", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`],
    ["have half a number", `{"a":{"dtype":"U8","shape":[4.5],"data_offsets":[0,4.5]}}`],
  ])("refuses tensors that %s", (_, header) => {
    expect(() => readSafetensors(fileOf(header, 4))).toThrow(SafetensorsFormatError);
  });

  it("names an unknown type", () => {
    const header = `{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}`;
    expect(() => readSafetensors(fileOf(header, 4))).toThrow('a tensor "a" of the unknown type "F8_E4M3"');
  });

  it("refuses a header longer than the file without reading it", () => {
    const bytes = new Uint8Array(16).fill(255);
    expect(() => readSafetensors(bytes)).toThrow("16 bytes, less than the header needs");
  });
});
