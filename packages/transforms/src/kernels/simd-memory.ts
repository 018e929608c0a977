/**
 * The WebAssembly of assembly/ and its memory, into which pictures are copied for as long as a kernel works on them. Each
 * thread has an instance of its own.
 */
import { PIXEL_KERNELS_WASM } from "./pixel-kernels-wasm.js";

/** Every number is an address in bytes, a count or a value. */
type Kernel<Arguments extends readonly string[], Result = void> = (
  ...args: { [Index in keyof Arguments]: number }
) => Result;

type SumColumns = Kernel<["source", "stride", "target", "rows", "count", "starts", "ends", "weights"]>;

/** Of assembly/pixel-kernels.ts, color-kernels.ts and warp-kernels.ts. */
export interface SimdExports {
  readonly memory: WebAssembly.Memory;
  readonly sumRows: Kernel<["source", "target", "columns", "count", "starts", "ends", "weights"]>;
  readonly sumColumns1: SumColumns;
  readonly sumColumns3: SumColumns;
  readonly normalizeRuns: Kernel<
    ["source", "target", "width", "channels", "rows", "rowCount", "runs", "runCount", "statistics"]
  >;
  readonly moveRuns: Kernel<
    ["source", "target", "width", "channels", "rows", "rowCount", "runs", "runCount"]
  >;
  readonly flipAndKeep: Kernel<["at", "count", "least", "flip", "keep"]>;
  readonly mapBytes: Kernel<["at", "count", "tables"]>;
  readonly countBytes: Kernel<["at", "count", "tables"]>;
  readonly findExtremes: Kernel<["at", "count", "extremes"]>;
  readonly makeGrey3: Kernel<["at", "pixels"]>;
  readonly sumGrey3: Kernel<["at", "pixels"], number>;
  readonly saturate3: Kernel<["at", "pixels", "factor", "rest"]>;
  readonly turnHue3: Kernel<["at", "pixels", "sixths"]>;
  readonly sharpen: Kernel<["source", "target", "height", "rowBytes", "channels", "rest"]>;
  readonly mixBytes: Kernel<["target", "count", "sources", "sourceCount", "stride", "weights"]>;
  readonly warpNearest: Kernel<["source", "target", "height", "width", "channels", "projection", "beyond"]>;
  readonly warpBilinear: Kernel<
    ["source", "target", "height", "width", "channels", "projection", "background", "nothing"]
  >;
}

/** Loads reach so far ahead of what they are given, and loads and stores so far past it. */
const AHEAD = 16;
const PAST = 64;

/** Memory of WebAssembly never shrinks: what needs more is left to JavaScript. */
const MOST_BYTES = 2 ** 26;

const PAGE_BYTES = 2 ** 16;

export class SimdMemory {
  readonly exports: SimdExports;
  #bytes: Uint8Array<ArrayBuffer>;

  constructor(exports: SimdExports) {
    this.exports = exports;
    this.#bytes = new Uint8Array(exports.memory.buffer);
  }

  /** All of it; another array after `reserve`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** @returns false if there cannot be so much. */
  reserve(bytes: number): boolean {
    if (bytes > MOST_BYTES) return false;
    if (bytes > this.#bytes.length) {
      try {
        this.exports.memory.grow(Math.ceil((bytes - this.#bytes.length) / PAGE_BYTES));
      } catch {
        return false;
      }
      this.#bytes = new Uint8Array(this.exports.memory.buffer);
    }
    return true;
  }
}

/** Addresses one after the other, from the beginning of the memory. */
export class Room {
  #next = AHEAD;

  /** Taken so far. */
  get bytes(): number {
    return this.#next;
  }

  take(bytes: number): number {
    const at = this.#next;
    this.#next = Math.ceil((at + bytes + PAST) / AHEAD) * AHEAD;
    return at;
  }
}

let loaded: SimdMemory | null | undefined;

/**
 * @param channels of the pictures.
 * @returns null where there are no kernels for so many, the engine has no WebAssembly, none with SIMD, or a page's policy
 *   forbids it.
 */
export function simdMemory(channels: number): SimdMemory | null {
  if (channels !== 1 && channels !== 3) return null;
  if (loaded === undefined) {
    try {
      const bytes = Uint8Array.from(atob(PIXEL_KERNELS_WASM), (character) => character.charCodeAt(0));
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
      loaded = new SimdMemory(exports as unknown as SimdExports);
    } catch {
      loaded = null;
    }
  }
  return loaded;
}
