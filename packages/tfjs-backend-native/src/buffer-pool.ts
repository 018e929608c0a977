/**
 * Memory for kernel outputs: aligned, recycled, never zero-filled. A training step asks for the same sizes over
 * and over, and fresh 16 MB arrays cost more in page faults than the kernel that fills them.
 *
 * Free blocks are kept per size class, last in first out (the most recently used is the likeliest in cache). What
 * is kept follows need: live and free blocks together stay below twice the most that was ever live during the
 * current and the previous window of acquisitions; beyond it the blocks that lay free longest go to the garbage
 * collector. A network that predicts holds two layers at a time, but each is of another size: where sizes that were
 * given up are asked for again, up to four times the most is kept, as far as that is no more than a GiB.
 */
import { constants } from "node:buffer";
import { TensorMemoryError } from "./errors.js";

/** The element types that have a fixed width; strings and complex numbers never come from here. */
export type PooledDtype = "float32" | "int32" | "bool";
export type PooledArrays = { float32: Float32Array; int32: Int32Array; bool: Uint8Array };
type PooledArray = PooledArrays[PooledDtype];

/** A cache line, and the width of the widest vector register. */
export const ALIGNMENT_BYTES = 64;

const SLACK = 2;
const MOST_SLACK = 4;
const MOST_BYTES_BEYOND = 2 ** 30;
const LEAST_KEPT_BYTES = 32 * 2 ** 20;
const WINDOW_ACQUISITIONS = 16_384;

/** A piece of memory with one owner at a time. */
export type Block = {
  readonly buffer: ArrayBuffer;
  /** Where the aligned part begins. */
  readonly byteOffset: number;
  /** Its size class: what the owner asked for, rounded up by an eighth at most (or to one alignment unit). */
  readonly sizeBytes: number;
  /** What the present owner sees; kept while free, since the next owner mostly asks for the same. */
  view: PooledArray;
  /** Orders free blocks by age. */
  freedAt: number;
};

/** Tells where an array lies in memory, modulo `ALIGNMENT_BYTES`. */
export type AddressOf = (array: ArrayBufferView) => number;

export class BufferPool {
  readonly #addressOf: AddressOf;
  readonly #free = new Map<number, Block[]>();
  #freeBytes = 0;
  #liveBytes = 0;
  #peakBytes = 0;
  #previousPeakBytes = 0;
  #acquisitions = 0;
  #releases = 0;
  /** Of free blocks that were given up since the last window began. */
  readonly #givenUp = new Set<number>();
  #slack = SLACK;

  constructor(addressOf: AddressOf) {
    this.#addressOf = addressOf;
  }

  /** Bytes of blocks that wait for reuse. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** Bytes of blocks that have an owner. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /**
   * A block whose `view` has `length` elements of arbitrary content.
   *
   * @throws {TensorMemoryError} if the system does not give that much, or no array can be that long.
   */
  acquire(dtype: PooledDtype, length: number): Block {
    const sizeBytes = sizeClass(length * BYTES[dtype]);
    let block = this.#free.get(sizeBytes)?.pop();
    if (block === undefined) {
      if (this.#givenUp.delete(sizeBytes)) this.#slack = Math.min(MOST_SLACK, this.#slack + 1);
      try {
        block = this.#allocate(sizeBytes, dtype, length);
      } catch (cause) {
        throw new TensorMemoryError(sizeBytes, cause);
      }
    } else {
      this.#freeBytes -= sizeBytes;
      if (block.view.length !== length || !(block.view instanceof ARRAYS[dtype])) {
        block.view = new ARRAYS[dtype](block.buffer, block.byteOffset, length);
      }
    }
    this.#liveBytes += sizeBytes;
    if (this.#liveBytes > this.#peakBytes) this.#peakBytes = this.#liveBytes;
    if (++this.#acquisitions % WINDOW_ACQUISITIONS === 0) this.#startWindow();
    return block;
  }

  /** Takes a block back. Its owner must be sure that nobody else sees the memory. */
  release(block: Block): void {
    block.freedAt = ++this.#releases;
    const stack = this.#free.get(block.sizeBytes);
    if (stack === undefined) this.#free.set(block.sizeBytes, [block]);
    else stack.push(block);
    this.#liveBytes -= block.sizeBytes;
    this.#freeBytes += block.sizeBytes;
    this.#trim();
  }

  /** Leaves a block to the garbage collector, because somebody else may see its memory. */
  abandon(block: Block): void {
    this.#liveBytes -= block.sizeBytes;
  }

  /** Drops every free block. */
  clear(): void {
    this.#free.clear();
    this.#freeBytes = 0;
    this.#givenUp.clear();
  }

  #allocate(sizeBytes: number, dtype: PooledDtype, length: number): Block {
    const buffer = uninitialised(sizeBytes + ALIGNMENT_BYTES - 1);
    // Of one byte: an array of bytes cannot be as long as one of floats.
    const misalignment = this.#addressOf(new Uint8Array(buffer, 0, 1)) % ALIGNMENT_BYTES;
    const byteOffset = misalignment === 0 ? 0 : ALIGNMENT_BYTES - misalignment;
    return { buffer, byteOffset, sizeBytes, view: new ARRAYS[dtype](buffer, byteOffset, length), freedAt: 0 };
  }

  #startWindow(): void {
    this.#previousPeakBytes = this.#peakBytes;
    this.#peakBytes = this.#liveBytes;
    this.#slack = Math.max(SLACK, this.#slack - 1);
    this.#givenUp.clear();
    this.#trim();
  }

  #trim(): void {
    const peak = Math.max(this.#peakBytes, this.#previousPeakBytes);
    const beyond = Math.min(this.#slack * peak, MOST_BYTES_BEYOND);
    const most = Math.max(LEAST_KEPT_BYTES, SLACK * peak, beyond);
    while (this.#freeBytes > 0 && this.#liveBytes + this.#freeBytes > most) this.#dropOldest();
  }

  #dropOldest(): void {
    let oldest: Block[] | undefined;
    for (const stack of this.#free.values()) {
      const age = stack[0]?.freedAt;
      if (age !== undefined && age < (oldest?.[0]?.freedAt ?? Infinity)) oldest = stack;
    }
    const block = oldest?.shift();
    if (block === undefined) return;
    this.#freeBytes -= block.sizeBytes;
    this.#givenUp.add(block.sizeBytes);
    if (oldest?.length === 0) this.#free.delete(block.sizeBytes);
  }
}

const BYTES = { float32: 4, int32: 4, bool: 1 } as const satisfies Record<PooledDtype, number>;
const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Eight classes per power of two, none finer than the alignment. */
function sizeClass(bytes: number): number {
  const step = Math.max(ALIGNMENT_BYTES, 2 ** (Math.floor(Math.log2(Math.max(bytes, 1))) - 3));
  return Math.ceil(bytes / step) * step;
}

function uninitialised(bytes: number): ArrayBuffer {
  return bytes <= constants.MAX_LENGTH ? Buffer.allocUnsafeSlow(bytes).buffer : new ArrayBuffer(bytes);
}
