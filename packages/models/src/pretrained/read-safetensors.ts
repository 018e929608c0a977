/**
 * The safetensors format: 8 bytes of little-endian header length, a JSON header, then the tensors' bytes without
 * gaps. https://github.com/huggingface/safetensors#format. Little-endian hosts.
 */
import { BYTES_PER_NUMBER, isNumberType, type NumberType } from "./published-tensor.js";

/** The reference implementation's. */
const MOST_HEADER_BYTES = 100_000_000;

export type SafetensorsEntry = {
  readonly type: NumberType;
  readonly shape: readonly number[];
  /** Shares the file's memory; may begin at any offset. */
  readonly bytes: Uint8Array;
};

/** The bytes are not a whole safetensors file. */
export class SafetensorsFormatError extends Error {
  override readonly name = "SafetensorsFormatError";
  constructor(received: string, options?: ErrorOptions) {
    super(`Expected a safetensors file. Received: ${received}.`, options);
  }
}

/**
 * Tensors in the order of the header.
 * @throws {SafetensorsFormatError} if the bytes are cut, the header does not fit them, or a type is unknown.
 */
export function readSafetensors(file: Uint8Array): {
  tensors: ReadonlyMap<string, SafetensorsEntry>;
  metadata: Readonly<Record<string, string>>;
} {
  if (file.byteLength < 8) throw new SafetensorsFormatError(`${file.byteLength} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > file.byteLength - 8) {
    throw new SafetensorsFormatError(`${file.byteLength} bytes, less than the header needs`);
  }
  if (headerLength > MOST_HEADER_BYTES) throw new SafetensorsFormatError(`a header of ${headerLength} bytes`);
  const { __metadata__: metadata = {}, ...entries } = parseHeader(file.subarray(8, 8 + headerLength));
  const body = file.subarray(8 + headerLength);
  const places = Object.entries(entries).map(([name, entry]) => ({ name, ...placeOf(name, entry) }));
  checkCoverage(places, body.byteLength);
  const tensors = new Map(
    places.map(({ name, type, shape, start, end }) => [
      name,
      { type, shape, bytes: body.subarray(start, end) },
    ]),
  );
  return { tensors, metadata };
}

type Place = { type: NumberType; shape: readonly number[]; start: number; end: number };

function parseHeader(bytes: Uint8Array): { __metadata__?: Record<string, string> } & Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof header === "object" && header !== null) return header as ReturnType<typeof parseHeader>;
  } catch (cause) {
    throw new SafetensorsFormatError("a header that is not JSON", { cause });
  }
  throw new SafetensorsFormatError("a header that is not a JSON object");
}

function placeOf(name: string, entry: unknown): Place {
  const { dtype, shape, data_offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype === "string" && !isNumberType(dtype)) {
    throw new SafetensorsFormatError(`a tensor "${name}" of the unknown type ${JSON.stringify(dtype)}`);
  }
  if (isNumberType(dtype) && areSizes(shape) && areSizes(data_offsets) && data_offsets.length === 2) {
    const [start, end] = data_offsets as [number, number];
    const numbers = shape.reduce((product, size) => product * size, 1);
    if (end - start === BYTES_PER_NUMBER[dtype] * numbers) return { type: dtype, shape, start, end };
  }
  throw misfit(name);
}

function areSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** Every byte belongs to one tensor, whatever the header's order. */
function checkCoverage(places: readonly ({ name: string } & Place)[], bodyLength: number): void {
  let covered = 0;
  for (const { name, start, end } of [...places].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== covered || end > bodyLength) throw misfit(name);
    covered = end;
  }
  if (covered !== bodyLength) {
    throw new SafetensorsFormatError(`${bodyLength} bytes of tensors where ${covered} are named`);
  }
}

function misfit(name: string): SafetensorsFormatError {
  return new SafetensorsFormatError(`a tensor "${name}" that does not fit the file`);
}
