/**
 * The safetensors format: 8 bytes of little-endian header length, a JSON header, then the tensors' bytes without
 * gaps. https://github.com/huggingface/safetensors#format. Only F32 and I32, little-endian hosts. @convkit/models reads
 * the format, as pretrained weights come in it.
 */
import { readSafetensors, SafetensorsFormatError } from "@convkit/models";

export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}
export type NamedArrays = Readonly<Record<string, NamedArray>>;

interface TensorEntry {
  readonly dtype: "F32" | "I32";
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Tensors in the order of `arrays`; `metadata` becomes the format's `__metadata__`. */
export function encodeSafetensors(
  arrays: NamedArrays,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = Object.entries(arrays).map(([name, { shape, data }]): [string, TensorEntry] => {
    const dtype = data instanceof Float32Array ? "F32" : "I32";
    return [name, { dtype, shape, data_offsets: [end, (end += data.byteLength)] }];
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const header = new TextEncoder().encode(json.padEnd(json.length + paddingTo8(json)));
  const bytes = new Uint8Array(8 + header.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  for (const [name, { data_offsets }] of entries) {
    const { buffer, byteOffset, byteLength } = arrays[name]!.data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), 8 + header.length + data_offsets[0]);
  }
  return bytes;
}

/** @throws {SafetensorsFormatError} if the bytes are cut, or the header does not fit them. */
export function decodeSafetensors(bytes: Uint8Array): {
  arrays: NamedArrays;
  metadata: Readonly<Record<string, string>>;
} {
  const { tensors, metadata } = readSafetensors(bytes);
  const arrays: Record<string, NamedArray> = {};
  for (const [name, { type, shape, bytes: own }] of tensors) {
    if (type !== "F32" && type !== "I32") {
      throw new SafetensorsFormatError(`a tensor "${name}" of type ${type}, not F32 or I32`);
    }
    // Not `slice`: a Buffer's shares memory, and may start at an offset that float32 does not allow.
    const { buffer } = new Uint8Array(own);
    arrays[name] = { shape, data: type === "F32" ? new Float32Array(buffer) : new Int32Array(buffer) };
  }
  return { arrays, metadata };
}

function paddingTo8(json: string): number {
  return (8 - (new TextEncoder().encode(json).length % 8)) % 8;
}
