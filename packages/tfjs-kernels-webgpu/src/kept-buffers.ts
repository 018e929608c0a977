/**
 * Small buffers that a step needs again and again: uniforms, and numbers that ops take. Most are written once, when they are made, so
 * that what is bound to a program can be kept as well; those that change from step to step are written anew where nothing that
 * was recorded and not yet submitted uses them.
 */
import { type GpuProgram, type Uniforms, wordsOf } from "./program.js";

const MOST_UNIFORM_BUFFERS = 8192;
const MOST_CONSTANTS = 4096;

/** A buffer, and what the backend notes on it. */
export interface RecordedBuffer extends GPUBuffer {
  /** Set when the buffer is first bound. */
  convkitId?: number;
  /** The submit before which it was last used by what was recorded. */
  convkitSubmit?: number;
}

/** A function, since WebGPU's globals may come after this module. */
export function storageUsage(): number {
  return GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
}

export class KeptBuffers {
  readonly #device: GPUDevice;
  readonly #bindings = new Map<string, GPUBufferBinding>();
  /** Of each program, in the order in which a step comes to need them. */
  readonly #volatile = new Map<string, { buffer: RecordedBuffer; words: Uint32Array }[]>();
  readonly #constants = new Map<string, GPUBuffer>();
  numBuffersCreated = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** @param submit the number of the submit that is being recorded for. */
  uniforms({ key }: GpuProgram, uniforms: Uniforms, submit: number): GPUBuffer {
    const words = wordsOf(uniforms);
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    if (!uniforms.isVolatile) {
      return this.binding(words.join(), () => ({ buffer: this.#create(words, usage) })).buffer;
    }
    const all = this.#volatile.get(key) ?? [];
    this.#volatile.set(key, all);
    const same = all.find((each) => words.every((word, index) => word === each.words[index]));
    if (same) return same.buffer;
    // A write comes before what is recorded and was not submitted, which is to see the old values.
    const free = all.find(({ buffer }) => buffer.convkitSubmit !== submit);
    if (free === undefined) {
      const buffer = this.#create(words, usage);
      all.push({ buffer, words });
      return buffer;
    }
    this.#device.queue.writeBuffer(free.buffer, 0, words);
    free.words = words;
    return free.buffer;
  }

  /** What was made under this key, which says all of its content. */
  binding(key: string, make: () => GPUBufferBinding): GPUBufferBinding {
    let binding = this.#bindings.get(key);
    if (binding === undefined) {
      // Bind groups hold them as long as they are kept themselves, and what is recorded holds both.
      if (this.#bindings.size >= MOST_UNIFORM_BUFFERS) this.#bindings.clear();
      binding = make();
      this.#bindings.set(key, binding);
    }
    return binding;
  }

  /** A tensor of one element. Ops take the same few numbers in every step: each has a buffer, which is never written again. */
  constant(element: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): GPUBuffer {
    const word = new Uint32Array(element.buffer, element.byteOffset, 1).slice();
    const key = String(word[0]);
    let buffer = this.#constants.get(key);
    if (buffer === undefined) {
      if (this.#constants.size >= MOST_CONSTANTS) this.#constants.clear();
      buffer = this.#create(word, storageUsage());
      this.#constants.set(key, buffer);
    }
    return buffer;
  }

  #create(words: Uint32Array<ArrayBuffer>, usage: number): GPUBuffer {
    this.numBuffersCreated++;
    const buffer = this.#device.createBuffer({ size: words.byteLength, usage, mappedAtCreation: true });
    new Uint32Array(buffer.getMappedRange()).set(words);
    buffer.unmap();
    return buffer;
  }
}
