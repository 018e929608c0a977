/**
 * Arrays of numbers out of PostgreSQL without their text: `array_send` gives the bytes of the binary protocol
 * (PostgreSQL 18, src/backend/utils/adt/arrayfuncs.c): dimensions, null flag, element type, then length and lower bound
 * of each dimension, then each element with its length before it; all big-endian.
 */

const HEADER = 12;
const PER_DIMENSION = 8;

/** @param bytes of `array_send(int4[])`. */
export function readInt32Array(bytes: Buffer): Int32Array {
  const size = sizeOf(bytes);
  const numbers = new Int32Array(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < size; index += 1) numbers[index] = view.getInt32(24 + index * 8);
  return numbers;
}

/** @param bytes of `array_send(float8[])`. */
export function readFloat64Array(bytes: Buffer): Float64Array {
  const size = sizeOf(bytes);
  const numbers = new Float64Array(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < size; index += 1) numbers[index] = view.getFloat64(24 + index * 12);
  return numbers;
}

/** An empty array has no dimension. */
function sizeOf(bytes: Buffer): number {
  return bytes.length < HEADER + PER_DIMENSION ? 0 : bytes.readInt32BE(HEADER);
}
