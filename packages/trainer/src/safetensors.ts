/**
 * The safetensors format: 8 bytes of little-endian header length, a JSON header, then the tensors' bytes without
 * gaps. https://github.com/huggingface/safetensors#format. Only F32 and I32, little-endian hosts.
 */

export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}
export type NamedArrays = Readonly<Record<string, NamedArray>>;

/** The bytes are not a whole safetensors file. */
export class SafetensorsFormatError extends Error {
  override readonly name = "SafetensorsFormatError";
  constructor(received: string, options?: ErrorOptions) {
    super(`Expected a safetensors file. Received: ${received}.`, options);
  }
}

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
  if (bytes.byteLength < 8) throw new SafetensorsFormatError(`${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > bytes.byteLength - 8) {
    throw new SafetensorsFormatError(`${bytes.byteLength} bytes, less than the header needs`);
  }
  const { __metadata__: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, 8 + headerLength));
  const body = bytes.subarray(8 + headerLength);
  const arrays: Record<string, NamedArray> = {};
  let expectedStart = 0;
  for (const [name, entry] of Object.entries(entries)) {
    const array = readTensor(name, entry, { body, expectedStart });
    arrays[name] = array;
    expectedStart += array.data.byteLength;
  }
  if (expectedStart !== body.byteLength) {
    throw new SafetensorsFormatError(`${body.byteLength} bytes of tensors where ${expectedStart} are named`);
  }
  return { arrays, metadata };
}

function parseHeader(bytes: Uint8Array): { __metadata__?: Record<string, string> } & Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof header === "object" && header !== null) return header as ReturnType<typeof parseHeader>;
  } catch (cause) {
    throw new SafetensorsFormatError("a header that is not JSON", { cause });
  }
  throw new SafetensorsFormatError("a header that is not a JSON object");
}

function readTensor(
  name: string,
  entry: unknown,
  { body, expectedStart }: { body: Uint8Array; expectedStart: number },
): NamedArray {
  const { dtype, shape, data_offsets } = (entry ?? {}) as Partial<TensorEntry>;
  const isWhole =
    (dtype === "F32" || dtype === "I32") &&
    Array.isArray(shape) &&
    Array.isArray(data_offsets) &&
    data_offsets[0] === expectedStart &&
    data_offsets[1] - expectedStart === 4 * shape.reduce((size, length) => size * length, 1) &&
    data_offsets[1] <= body.byteLength;
  if (!isWhole) throw new SafetensorsFormatError(`a tensor "${name}" that does not fit the file`);
  // Not `slice`: a Buffer's shares memory, and may start at an offset that float32 does not allow.
  const { buffer } = new Uint8Array(body.subarray(...data_offsets));
  return { shape, data: dtype === "F32" ? new Float32Array(buffer) : new Int32Array(buffer) };
}

function paddingTo8(json: string): number {
  return (8 - (new TextEncoder().encode(json).length % 8)) % 8;
}
