/** Tensors as files of weights hold them: their numbers stay where they are in the file until they are asked for. */
import { PretrainedWeightsError } from "../errors.js";

/** Bytes of a number, by safetensors' names of types. */
export const BYTES_PER_NUMBER = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type NumberType = keyof typeof BYTES_PER_NUMBER;

export function isNumberType(name: unknown): name is NumberType {
  return typeof name === "string" && Object.hasOwn(BYTES_PER_NUMBER, name);
}

export type PublishedTensor = {
  readonly shape: readonly number[];
  /**
   * Row by row, as float32. May share the file's memory.
   * @throws {PretrainedWeightsError} if the numbers are integers.
   */
  readonly read: () => Float32Array;
};

/** By name, such as `layer1.0.conv1.weight`. */
export type PublishedWeights = ReadonlyMap<string, PublishedTensor>;

/**
 * Little-endian numbers as float32; a view of the bytes where they are float32 already.
 * @throws {PretrainedWeightsError} if they are integers.
 */
export function decodeFloats(type: NumberType, bytes: Uint8Array): Float32Array {
  switch (type) {
    case "F32": {
      const { buffer, byteOffset, byteLength } = aligned(bytes, 4);
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    }
    case "F64": {
      const { buffer, byteOffset, byteLength } = aligned(bytes, 8);
      return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8));
    }
    case "F16":
      return Float32Array.from(halves(bytes), floatOfHalf);
    case "BF16": {
      // The upper half of a float32.
      const bits = Uint32Array.from(halves(bytes), (half) => half << 16);
      return new Float32Array(bits.buffer);
    }
    default:
      throw new PretrainedWeightsError(
        `Expected weights of type F64, F32, F16 or BF16. Received: integers, of type ${type}. Quantised files have to ` +
          "be made floating again by the program that wrote them.",
      );
  }
}

/** A typed array begins at a multiple of its numbers' size. */
function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}

function halves(bytes: Uint8Array): Uint16Array {
  const { buffer, byteOffset, byteLength } = aligned(bytes, 2);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function floatOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
