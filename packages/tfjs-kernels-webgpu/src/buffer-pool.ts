/**
 * Buffers on the GPU, recycled by size and usage: a training step asks for the same ones over and over, and creating one takes
 * longer than a small kernel runs. Takes the place of tfjs's `BufferManager`, which searches a list for every buffer that it
 * takes back and keeps each size that was ever used for good.
 */
import { GpuOutOfMemoryError } from "./gpu-errors.js";

/**
 * Before a buffer is made that would let used and free ones together exceed the most that was ever used by more than this,
 * those that lay free longest are given up: validation has other sizes than training, and needs the memory that training leaves.
 */
const SLACK = 1.25;
const LEAST_KEPT_BYTES = 256 * 2 ** 20;

interface FreeBuffer {
  readonly buffer: GPUBuffer;
  /** Its place in the order of creation. */
  readonly order: number;
  readonly freedAt: number;
}

export class BufferPool {
  readonly #device: GPUDevice;
  readonly #onDestroy: () => void;
  /** Of each kind the oldest last. */
  readonly #free = new Map<string, FreeBuffer[]>();
  /** With their places in the order of creation. */
  readonly #used = new Map<GPUBuffer, number>();
  #created = 0;
  #clock = 0;
  #freeBytes = 0;
  #peakBytes = 0;
  numBytesUsed = 0;

  /** @param onDestroy called before buffers are destroyed: what has not been submitted may still name them. */
  constructor(device: GPUDevice, onDestroy: () => void) {
    this.#device = device;
    this.#onDestroy = onDestroy;
  }

  get numBytesAllocated(): number {
    return this.numBytesUsed + this.#freeBytes;
  }

  /** How many buffers were ever made: in a training step that recurs, none are. */
  get numBuffersCreated(): number {
    return this.#created;
  }

  /**
   * The oldest buffer that is free, whatever was given back last: steps that ask for the same buffers in the same order then
   * get the same ones, and what binds them can be kept.
   *
   * @param sizeBytes a multiple of 4.
   * @param isReused false for a buffer that is created for one use.
   * @throws {GpuOutOfMemoryError} if no buffer of this device can be so large. That its memory is full shows later.
   */
  acquireBuffer(sizeBytes: number, usage: number, mappedAtCreation = false, isReused = true): GPUBuffer {
    const kept = isReused ? this.#free.get(keyOf(sizeBytes, usage)) : undefined;
    const free = kept?.pop();
    if (free !== undefined) this.#freeBytes -= sizeBytes;
    const buffer = free?.buffer ?? this.#create(sizeBytes, usage, mappedAtCreation);
    this.#used.set(buffer, free?.order ?? this.#created++);
    this.numBytesUsed += sizeBytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.numBytesUsed);
    return buffer;
  }

  /** Takes a buffer back; `isReused` is false for one that nobody else is to have. */
  releaseBuffer(buffer: GPUBuffer, isReused = true): void {
    const order = this.#used.get(buffer);
    if (order === undefined)
      throw new Error("Expected a buffer of this pool that is in use. Received: another.");
    this.#used.delete(buffer);
    this.numBytesUsed -= buffer.size;
    if (!isReused) {
      buffer.destroy();
      return;
    }
    const key = keyOf(buffer.size, buffer.usage);
    const kept = this.#free.get(key) ?? [];
    this.#free.set(key, kept);
    kept.splice(placeOf(order, kept), 0, { buffer, order, freedAt: this.#clock++ });
    this.#freeBytes += buffer.size;
  }

  /** Lets go of a buffer in use, which whoever has it keeps, and the garbage collector takes back. */
  disown(buffer: GPUBuffer): void {
    if (this.#used.delete(buffer)) this.numBytesUsed -= buffer.size;
  }

  /** Gives up free buffers, those that lay free longest first, until no more than so many bytes are kept. */
  #trim(keptBytes: number): void {
    this.#onDestroy();
    const oldest = [...this.#free.values()].flat().sort((a, b) => a.freedAt - b.freedAt);
    const given = new Set<GPUBuffer>();
    for (const { buffer } of oldest) {
      if (this.#freeBytes <= keptBytes) break;
      this.#freeBytes -= buffer.size;
      given.add(buffer);
      buffer.destroy();
    }
    for (const [key, kept] of this.#free) {
      this.#free.set(
        key,
        kept.filter(({ buffer }) => !given.has(buffer)),
      );
    }
  }

  dispose(): void {
    for (const { buffer } of [...this.#free.values()].flat()) buffer.destroy();
    for (const buffer of this.#used.keys()) buffer.destroy();
    this.#free.clear();
    this.#used.clear();
    this.numBytesUsed = this.#freeBytes = 0;
  }

  #create(sizeBytes: number, usage: number, mappedAtCreation: boolean): GPUBuffer {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    const isBound = (usage & GPUBufferUsage.STORAGE) !== 0;
    const most = isBound ? Math.min(maxBufferSize, maxStorageBufferBindingSize) : maxBufferSize;
    if (sizeBytes > most) {
      throw new GpuOutOfMemoryError(
        `a tensor of ${sizeBytes} bytes, where ${most} are the most that a kernel can take.`,
      );
    }
    const bound = Math.max(this.#peakBytes, this.numBytesUsed + sizeBytes) * SLACK + LEAST_KEPT_BYTES;
    if (this.numBytesAllocated + sizeBytes > bound) this.#trim(this.#freeBytes / 2);
    return this.#device.createBuffer({ size: sizeBytes, usage, mappedAtCreation });
  }
}

/** Behind all that are younger. */
function placeOf(order: number, kept: readonly FreeBuffer[]): number {
  let [low, high] = [0, kept.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (kept[middle]!.order > order) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keyOf(sizeBytes: number, usage: number): string {
  return `${sizeBytes}_${usage}`;
}
