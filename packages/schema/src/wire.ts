/**
 * What JSON cannot say, for calls between a page, a worker and the server: NaN and the infinities, and curves as the
 * bytes of their numbers, which a third of the text holds and no parser has to read. In answers, an array that stands in
 * them more than once, as the x axis that twenty curves share, is sent once; in what a server is sent it may not be: a few
 * bytes would stand for any number of megabytes. Has the shapes of tRPC's transformers.
 */

type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

export interface WireTransformer {
  serialize(value: unknown): unknown;
  deserialize(value: unknown): unknown;
}

/** A marked value is an object with this one key. */
const NUMBER = "$number";
const FLOAT64 = "$float64";
/** An object of the caller's own that looks like a marked value. */
const PLAIN = "$plain";

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

export const wireTransformer: WireTransformer = {
  serialize: (value) => serialize(value, null),
  deserialize: (value) => deserialize(value as Json, null),
};

/** For both ends of tRPC: what is asked, and what is answered. */
export const wireTransformers: { readonly input: WireTransformer; readonly output: WireTransformer } = {
  input: wireTransformer,
  output: {
    serialize: (value) => serialize(value, new Map()),
    deserialize: (value) => deserialize(value as Json, []),
  },
};

/**
 * @param sent arrays that the text holds already, by their place in it: `{ $float64: 2 }` is the third once more; null
 *   where each is sent as often as it stands there.
 */
function serialize(value: unknown, sent: Map<Float64Array, number> | null): Json {
  if (typeof value === "number") return Number.isFinite(value) ? value : { [NUMBER]: String(value) };
  if (value instanceof Float64Array) {
    const before = sent?.get(value);
    if (before !== undefined) return { [FLOAT64]: before };
    sent?.set(value, sent.size);
    return { [FLOAT64]: toBase64(value) };
  }
  if (Array.isArray(value)) return value.map((item) => serialize(item, sent));
  if (typeof value !== "object" || value === null) return value as Json;
  const entries = Object.entries(value).map(([key, item]) => [key, serialize(item, sent)] as const);
  const plain = Object.fromEntries(entries);
  return entries.length === 1 && entries[0]![0].startsWith("$") ? { [PLAIN]: plain } : plain;
}

/** @param received arrays of this text so far; null where no place in it may stand for one. */
function deserialize(value: Json, received: Float64Array[] | null): unknown {
  if (Array.isArray(value)) return value.map((item) => deserialize(item, received));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [key, item] = entries[0] ?? [];
  if (entries.length === 1 && key === NUMBER) return Number(item);
  if (entries.length === 1 && key === FLOAT64 && typeof item === "string") {
    const numbers = fromBase64(item);
    received?.push(numbers);
    return numbers;
  }
  if (entries.length === 1 && key === FLOAT64 && typeof item === "number" && received?.[item])
    return received[item];
  if (entries.length === 1 && key === PLAIN) return fromEntries(item as { [key: string]: Json }, received);
  return fromEntries(value, received);
}

const fromEntries = (value: { [key: string]: Json }, received: Float64Array[] | null) =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deserialize(item, received)]));

/** Little-endian, whatever the machine. */
function toBase64(numbers: Float64Array): string {
  const bytes = new Uint8Array(numbers.byteLength);
  const view = new DataView(bytes.buffer);
  if (IS_LITTLE_ENDIAN) bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  else numbers.forEach((number, index) => view.setFloat64(index * 8, number, true));
  const modern: Uint8Array & { toBase64?: () => string } = bytes;
  if (modern.toBase64) return modern.toBase64();
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return btoa(text);
}

function fromBase64(text: string): Float64Array {
  const bytes = bytesOfBase64(text);
  const length = Math.floor(bytes.length / 8);
  if (IS_LITTLE_ENDIAN) return new Float64Array(bytes.buffer, 0, length);
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length }, (_, index) => view.getFloat64(index * 8, true));
}

/** By ES2026's own method where there is one: a quarter of the time, and a page reads megabytes. */
function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const modern: typeof Uint8Array & { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> } = Uint8Array;
  if (modern.fromBase64) return modern.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
